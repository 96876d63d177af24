/** What others do to the pair while a run is open: Terraform, a controller, a person, a restart. */
import { assess } from '../../../domain/assess';
import { askKeepSite } from '../../../domain/gates';
import type { RunState } from '../../../domain/state';
import type { HeardDecision } from '../../../domain/heard';
import { digest, fine, groupArn, now, observed, pair, type SeenSite } from '../../support/observations';
import { fenced, latched, protecting, removed, split } from '../../support/run-states';
import { failed, knowing, remove, round } from './a-round';

const out: SeenSite = { ...split.b, endpoint: undefined };
const detached: SeenSite = { ...split.a, backup: 'offline' };
const approval: HeardDecision = { kind: 'approve', by: 'alice', how: 'cli', reason: 'a test', at: now, epoch: 1 };

const saying = (state: RunState, decision: Partial<HeardDecision>): RunState => ({
  ...state,
  heard: { ...state.heard, decisions: [{ ...approval, ...decision }] },
});

describe('a fenced site that somebody put back, by policy "ask"', () => {
  const asking = { ...pair, policy: { ...pair.policy, whenPutBack: 'ask' } } as const;
  const look = (state: RunState, observation = observed({ a: detached, b: split.b })) =>
    assess({ pair: asking, state, observation, now, digest });
  const planOf = (epoch: number) => `{"epoch":${epoch},"gate":"fence","incident":"incident-1","removeAgain":"site-b"}`;

  it('is asked about, and not removed', () => {
    expect(look(fenced(protecting())).next).toMatchObject({
      kind: 'ask',
      gate: 'fence',
      question: 'site-b was put back into eu-west-1, and not by this run: both sites are reachable. Remove it again?',
      answers: [
        `approve keycloak-prod --gate fence --plan ${planOf(2)} --reason "..."`,
        `reject keycloak-prod --gate fence --plan ${planOf(2)} --reason "..."`,
      ],
    });
  });

  it('is removed again once a person approved, in that epoch', () => {
    const known = { ...fenced(protecting()).known, provedSince: undefined, phase: 'fencing' as const };
    const state = { ...fenced(protecting()), known };
    const plan = planOf(1);

    expect(look(saying(state, { gate: 'fence', plan })).next).toMatchObject({ kind: 'do', command: remove });
    expect(look(saying(state, { gate: 'fence', plan, epoch: 0 })).next.kind).toBe('ask');
    expect(look(saying(state, { kind: 'reject', gate: 'fence', plan })).next.kind).toBe('ask');
  });

  it('the first removal is not asked about', () => {
    expect(look(latched(protecting()), observed(split)).next).toMatchObject({ kind: 'do', command: remove });
  });
});

describe('settings of the kept site that somebody changed', () => {
  it.each<[string, Parameters<typeof observed>[0], string]>([
    ['weight', { a: { ...detached, endpoint: { weight: 0 } }, b: out }, 'weight 128 -> 0'],
    ['traffic dial', { a: detached, b: out, dial: 20 }, 'traffic dial 100 -> 20'],
  ])('are told: %s', (_case, seen, change) => {
    const group = {
      dial: 100,
      endpoints: [
        { site: 'site-a', endpointId: 'arn:site-a', weight: 128, health: 'HEALTHY', clientIpPreservation: false },
      ],
    } as const;
    const { state } = round(fenced(protecting(), { groups: { [groupArn]: group } }), observed(seen));

    expect(state.known.findings).toEqual([`site-a in eu-west-1 was changed by somebody else: ${change}`]);
    expect(round(state, observed(seen)).state.known.findings).toHaveLength(1);
  });

  it.each([
    [true, 'on -> off'],
    [false, undefined],
  ])('are told: client IP preservation was %s', (clientIpPreservation, change) => {
    const kept = {
      site: 'site-a',
      endpointId: 'arn:site-a',
      weight: 128,
      health: 'HEALTHY',
      clientIpPreservation,
    } as const;
    const groups = { [groupArn]: { dial: 100, endpoints: [kept] } };
    const { state } = round(fenced(protecting(), { groups }), observed({ a: detached, b: out }));

    expect(state.known.findings).toEqual(
      change ? [`site-a in eu-west-1 was changed by somebody else: client IP preservation ${change}`] : [],
    );
  });

  it('are told: client IP preservation was switched on', () => {
    const seen = observed({ a: detached, b: out });
    const groups = seen.traffic.groups;
    const on =
      'value' in groups
        ? groups.value.map((group) => ({
            ...group,
            endpoints: group.endpoints.map((endpoint) => ({ ...endpoint, clientIpPreservation: true })),
          }))
        : [];
    const kept = {
      site: 'site-a',
      endpointId: 'arn:site-a',
      weight: 128,
      health: 'HEALTHY',
      clientIpPreservation: false,
    } as const;
    const { state } = round(fenced(protecting(), { groups: { [groupArn]: { dial: 100, endpoints: [kept] } } }), {
      ...seen,
      traffic: { ...seen.traffic, groups: { value: on, at: now } },
    });

    expect(state.known.findings).toEqual([
      'site-a in eu-west-1 was changed by somebody else: client IP preservation off -> on',
    ]);
  });
});

describe('a kept site that restarted while Global Accelerator cannot be read', () => {
  const forgot: SeenSite = { ...split.a, startedAt: now - 1_000 };

  it('is detached again when the last that was read was the proved fence', () => {
    const { says, state } = round(fenced(protecting()), observed({ a: forgot, b: out, trafficUnread: true }));

    expect(says).toBe('on site-a take the backup to site-b offline');
    expect(state.known.findings).toEqual([
      expect.stringMatching(/^site-a's Infinispan restarted at .* and held 11 entries/),
    ]);
  });

  it('is not detached when the site was read back since', () => {
    const groups = { [groupArn]: { dial: 100, endpoints: [], removedByUs: true } };

    expect(round(fenced(protecting(), { groups }), observed({ a: forgot, b: out, trafficUnread: true })).says).toBe(
      'wait for Global Accelerator to answer',
    );
  });
});

describe('a removal of which it matters who did it', () => {
  const refusedThenGone = (type: 'TrafficDenied' | 'CommandTimedOut') => {
    const groups = { [groupArn]: { dial: 100, endpoints: [], removalRequestedAt: now - 2_000 } };
    return round(failed(latched(protecting(), { groups }), remove, { type }), observed({ a: split.a, b: out })).state;
  };

  it("was refused to us: then the absence is somebody else's doing", () => {
    expect(refusedThenGone('TrafficDenied').known.groups[groupArn]).toMatchObject({ removedByUs: false });
  });

  it('timed out: then it may be ours', () => {
    expect(refusedThenGone('CommandTimedOut').known.groups[groupArn]).toMatchObject({ removedByUs: true });
  });

  it("was somebody else's, and the link healed: it is not put back, a person is asked", () => {
    const groups = { [groupArn]: { dial: 100, endpoints: [], removedByUs: false, absentReadAt: now - 500 } };
    const state = removed(protecting(), { groups, linkWholeSince: now - 60_000 });
    const healed = observed({ a: fine, b: { ...fine, endpoint: undefined } });
    const first = round(state, healed);

    expect(first.says).toBe('wait for the pair to be read again');
    expect(round(first.state, healed).says).toBe('ask: siteOnline');
  });
});

describe('a question which site is to be kept, before anything was touched', () => {
  const undecided = { ...pair, policy: { ...pair.policy, preferredSite: undefined } };
  const state = { ...protecting(), heard: { ...protecting('site-c').heard } };
  const look = (asked: RunState, at = now) =>
    assess({ pair: undecided, state: asked, observation: observed(split), now: at, digest });

  it('is asked after a minute, and answered by the name of a site', () => {
    const waiting = knowing(state, look(state).remember ?? {});
    const question = look(waiting, now + 60_000).next;
    const answered = saying(waiting, { gate: 'keepSite', site: 'site-b', epoch: 0 });

    expect(question).toMatchObject({
      ...askKeepSite({ pair: undecided, state, known: state.known, now: now + 60_000 }, ''),
      question: expect.stringContaining('Which site is to be kept?'),
    });
    expect(look(answered, now + 60_000).remember?.roles).toEqual({
      keepSite: 'site-b',
      staleSite: 'site-a',
      because: 'alice decided to keep site-b',
    });
  });

  it('a site that cannot be kept is not kept by an answer either', () => {
    const answered = saying(state, { gate: 'keepSite', site: 'site-b', epoch: 0 });
    const b: SeenSite = { ...split.b, endpoint: { health: 'UNHEALTHY' } };
    const { next } = assess({ pair, state: answered, observation: observed({ a: split.a, b }), now, digest });

    expect(next).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteUnhealthy' } });
  });
});
