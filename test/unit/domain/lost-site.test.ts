import { askAdmitStaleSite } from '../../../domain/conditions/admission';
import type { RunState } from '../../../domain/state';
import type { Decision, HeardDecision } from '../../../domain/heard';
import { digest, fine, groupArn, now, observed, pair, type SeenSite } from '../../support/observations';
import { fenced, fencing, latched, protecting, removed, split } from '../../support/run-states';
import { accepted, add, failed, knowing, remove, round } from './a-round';

const sick: SeenSite = { ...split.a, endpoint: { health: 'UNHEALTHY' } };
const gone: SeenSite = { ...split.a, endpoint: undefined };
const out: SeenSite = { ...split.b, endpoint: undefined };
const swapSays = 'remove site-a from Global Accelerator (1); site-b stays';
const later = now + 10_000;

/** Read as lost ten seconds ago. */
const lost = (state: RunState): RunState => knowing(state, { keepSiteLostSince: now });

function decided(state: RunState, part: Partial<Decision>): RunState {
  const decision: HeardDecision = {
    kind: 'approve',
    by: 'alice',
    how: 'cli',
    reason: 'a test',
    at: now,
    epoch: state.known.epoch,
    ...part,
  };
  return { ...state, heard: { ...state.heard, decisions: [...state.heard.decisions, decision] } };
}

describe('a kept site that is lost before anything is detached', () => {
  it('changes nothing for ten seconds: a health check that fails once is no loss', () => {
    const first = round(removed(protecting()), observed({ a: sick, b: out }));

    expect(first.says).toBe('wait for site-a to serve again before site-b is detached');
    expect(round(first.state, observed({ a: sick, b: out }), later - 1).says).toBe(first.says);
    expect(round(first.state, observed({ a: split.a, b: out }), later).state.known.keepSiteLostSince).toBeUndefined();
  });

  it('is swapped for the other one: that is put back, read, and then the lost one is removed', () => {
    const back = round(lost(removed(protecting())), observed({ a: sick, b: out }), later);
    const waiting = round(accepted(back.state, add, later), observed({ a: sick, b: out }), later + 1_000);
    const swapped = round(back.state, observed({ a: sick, b: split.b }), later + 12_000);

    expect(back.next).toMatchObject({ kind: 'do', command: add });
    expect(waiting.says).toBe('wait for the accepted return of site-b to be read');
    expect(swapped.says).toBe(swapSays);
    expect(swapped.state.known).toMatchObject({
      roles: { keepSite: 'site-b', staleSite: 'site-a', because: 'site-a was lost before anything was detached' },
      swaps: 1,
      epoch: 2,
    });
  });

  it('is swapped at once where nothing was removed yet', () => {
    expect(round(lost(latched(protecting())), observed({ a: sick, b: split.b }), later).says).toBe(swapSays);
  });

  it('is not swapped while something that was sent may still take effect', () => {
    const sent = accepted(lost(latched(protecting())), remove, later - 1);

    expect(round(sent, observed({ a: sick, b: split.b }), later).says).toBe(
      'wait for an earlier command, which may still take effect',
    );
  });

  it('is not swapped for a site that cannot be kept either', () => {
    const b: SeenSite = { ...split.b, endpoint: { health: 'HEALTHY', weight: 0 } };

    expect(round(lost(latched(protecting())), observed({ a: sick, b }), later).says).toBe(
      'refuse: KeepSiteGetsNoTraffic',
    );
  });

  it.each<[string, SeenSite]>([
    ['its health URL does not say 200', { ...out, health: 503 }],
    ['its health URL does not answer', { ...out, health: undefined }],
  ])('is fenced for all the same where the other one could not serve: %s', (_case, b) => {
    expect(round(lost(removed(protecting())), observed({ a: sick, b }), later).says).toBe(
      'on site-a take the backup to site-b offline',
    );
  });

  it.each<[string, boolean | undefined, string]>([
    ['answers', false, 'do'],
    ['is silent', undefined, 'on site-a take the backup to site-b offline'],
  ])('for a site without a health URL it counts whether its Infinispan %s', (_case, sees, expected) => {
    const seen = observed({ a: sick, b: { ...out, sees } });
    const site = { ...seen.sites['site-b']!, health: { unknown: 'NotObserved' as const, at: now } };
    const { next, says } = round(
      lost(removed(protecting())),
      { ...seen, sites: { ...seen.sites, 'site-b': site } },
      later,
    );

    expect(expected === 'do' ? next : says).toEqual(
      expected === 'do' ? expect.objectContaining({ kind: 'do', command: add }) : expected,
    );
  });

  it.each<[string, RunState]>([
    ['it was swapped once already', knowing(removed(protecting()), { swaps: 1 })],
    ['a person said which site to fence', removed(fencing('site-b'))],
    [
      'the other one was not taken out by this run',
      knowing(removed(protecting()), { groups: { [groupArn]: { dial: 100, endpoints: [] } } }),
    ],
  ])('is asked about when %s', (_case, state) => {
    const { next } = round(lost(state), observed({ a: sick, b: out }), later);

    expect(next).toMatchObject({
      kind: 'ask',
      gate: 'keepSite',
      choices: ['site-a', 'site-b'],
      answers: [
        'approve keycloak-prod --gate keepSite --site site-a --reason "..."',
        'approve keycloak-prod --gate keepSite --site site-b --reason "..."',
      ],
    });
  });

  it('is not given up for a site of which nothing at all was observed', () => {
    const seen = observed({ a: sick, b: out });
    const unseen = { ...seen, sites: { 'site-a': seen.sites['site-a']! } };

    expect(round(lost(removed(protecting())), unseen, later).says).toBe('on site-a take the backup to site-b offline');
  });

  it('a person may keep it, and then it is fenced for', () => {
    const state = decided(lost(knowing(latched(protecting()), { swaps: 1 })), { gate: 'keepSite', site: 'site-a' });

    expect(round(state, observed({ a: sick, b: split.b }), later).says).toBe('refuse: KeepSiteUnhealthy');
  });

  it('a person may have the other one kept, after a swap too', () => {
    const state = decided(lost(knowing(latched(protecting()), { swaps: 1 })), { gate: 'keepSite', site: 'site-b' });
    const { says, state: after } = round(state, observed({ a: sick, b: split.b }), later);

    expect(says).toBe(swapSays);
    expect(after.known.roles?.because).toBe('alice decided to keep it');
  });

  it('a rejection at that gate changes nothing: the question stays open', () => {
    const state = decided(lost(knowing(latched(protecting()), { swaps: 1 })), { kind: 'reject', gate: 'keepSite' });

    expect(round(state, observed({ a: sick, b: split.b }), later).says).toBe('ask: keepSite');
  });
});

describe('a kept site that gets no traffic, and so cannot stay alone', () => {
  const weightless: SeenSite = { ...split.a, endpoint: { health: 'HEALTHY', weight: 0 } };
  const seen = observed({ a: weightless, b: split.b });
  const refusing = round(latched(protecting()), seen);

  it('is asked about after a minute, and the other one is kept by decision', () => {
    const asked = round(refusing.state, seen, now + 60_000);
    const answered = decided(refusing.state, { gate: 'keepSite', site: 'site-b' });

    expect(asked.says).toBe('ask: keepSite');
    expect(round(answered, seen, now + 60_000).says).toBe(swapSays);
  });

  it('is asked about without a choice once anything was detached', () => {
    const put = observed({ a: { ...weightless, backup: 'offline' }, b: split.b });
    const first = round(fenced(protecting()), put);

    expect(round(first.state, put, now + 60_000).next).toMatchObject({ gate: 'keepSite', choices: [], answers: [] });
  });
});

describe('a kept site that is lost after the detach', () => {
  const guarded = fenced(protecting(), { deployedReadTwiceAt: now - 100, keepSiteLostSince: now });
  const goneDetached: SeenSite = { ...gone, backup: 'offline' };
  const sickDetached: SeenSite = { ...sick, backup: 'offline' };
  const asked = round(guarded, observed({ a: goneDetached, b: out }), later);
  const plan = asked.next.kind === 'ask' ? asked.next.plan : undefined;
  const approved = (state: RunState = guarded) => decided(state, { gate: 'admitStaleSite', plan });

  it('is asked about, with a plan, also while its Infinispan is silent', () => {
    const silent = round(guarded, observed({ a: { ...gone, sees: undefined, backup: undefined }, b: out }), later);

    expect(asked.says).toBe('ask: admitStaleSite');
    expect(plan).toContain('"gate":"admitStaleSite"');
    expect(silent.says).toBe('ask: admitStaleSite');
  });

  it('a site that could not serve is not admitted, and the question says so', () => {
    const sickStale: SeenSite = { ...out, health: 503 };
    const { next } = round(approved(), observed({ a: goneDetached, b: sickStale }), later);

    expect(next).toMatchObject({
      kind: 'ask',
      gate: 'admitStaleSite',
      question: expect.stringContaining('site-b could not serve as it is read now; before it could, nothing is done.'),
    });
  });

  it('is detached again first when it restarted: what protects goes before what is asked', () => {
    expect(round(guarded, observed({ a: { ...sick, backup: 'online' }, b: out }), later).says).toBe(
      'on site-a take the backup to site-b offline',
    );
  });

  it.each<[string, Partial<HeardDecision>]>([
    ['another plan', { plan: 'older' }],
    ['another epoch', { epoch: 7 }],
    ['another gate', { gate: 'keepSite' }],
    ['a refused decision', { refused: { code: 'GateNotOpen', message: 'no' } }],
    ['a rejection', { kind: 'reject' }],
  ])('an answer for %s admits nothing', (_case, part) => {
    const state = decided(guarded, { gate: 'admitStaleSite', plan, ...part });

    expect(round(state, observed({ a: goneDetached, b: out }), later).says).toBe('ask: admitStaleSite');
  });

  it('by decision: the lost one out, the other one detached from it, then admitted, then guarded the other way round', () => {
    const begun = round(approved(), observed({ a: sickDetached, b: out }), later);
    const first = round(begun.state, observed({ a: sickDetached, b: out }), later + 1_000);
    const second = round(first.state, observed({ a: goneDetached, b: out }), later + 2_000);
    const third = round(second.state, observed({ a: goneDetached, b: { ...out, backup: 'offline' } }), later + 3_000);
    const served = observed({ a: goneDetached, b: { ...split.b, backup: 'offline' } });
    const fourth = round(third.state, served, later + 4_000);

    expect([begun, first, second, third].map(({ says }) => says)).toEqual([
      'wait for the lost site site-a to be taken out',
      `remove site-a, which is lost, from Global Accelerator (1) by decision ${plan}`,
      'on site-b take the backup to site-a offline',
      'add site-b to Global Accelerator (1)',
    ]);
    expect(fourth.state.known).toMatchObject({
      roles: { keepSite: 'site-b', staleSite: 'site-a', because: 'alice decided that it serves in place of site-a' },
      phase: 'fenced',
      epoch: 3,
    });
    expect(fourth.state.known.admission).toBeUndefined();
  });

  it('each step waits for what was accepted to be read', () => {
    const admitting = knowing(guarded, { admission: { plan: plan ?? '', by: 'alice', since: later, begun: true } });
    const removeLost = {
      kind: 'removeLostEndpoint',
      groupArn,
      site: 'site-a',
      plan: '',
      evenIfHealthy: false,
    } as const;
    const detachLost = { kind: 'takeBackupOffline', onSite: 'site-b', backupSite: 'site-a' } as const;
    const says = (command: Parameters<typeof accepted>[1], a: SeenSite, b: SeenSite) =>
      round(accepted(admitting, command, later), observed({ a, b }), later).says;

    expect(says(removeLost, sickDetached, out)).toBe('wait for the accepted removal of site-a to be read');
    expect(says(detachLost, goneDetached, out)).toBe('wait for the accepted detach of site-a on site-b to be read');
    expect(says(add, goneDetached, { ...out, backup: 'offline' })).toBe(
      'wait for the accepted return of site-b to be read',
    );
    expect(round(admitting, observed({ a: goneDetached, b: { ...out, backup: undefined } }), later).says).toBe(
      "wait for site-b's Infinispan to answer",
    );
    expect(round(admitting, observed({ a: goneDetached, b: out, trafficUnread: true }), later).says).toBe(
      'wait for Global Accelerator to answer',
    );
  });

  it('a step that keeps failing is Blocked, with what a person can do', () => {
    const admitting = knowing(guarded, { admission: { plan: plan ?? '', by: 'alice', since: later } });
    const state = failed(admitting, add, { type: 'RestoreNotPermitted', at: now - 60_000 });

    expect(round(state, observed({ a: goneDetached, b: { ...out, backup: 'offline' } }), later).next).toMatchObject({
      kind: 'blocked',
      type: 'RestoreNotPermitted',
      can: ['retry', 'confirm', 'abort'],
    });
  });

  it('nothing is admitted when the lost one serves again before it was taken out', () => {
    const admitting = knowing(guarded, { admission: { plan: plan ?? '', by: 'alice', since: later } });
    const { state } = round(admitting, observed({ a: { ...split.a, backup: 'offline' }, b: out }), later);

    expect(state.known).toMatchObject({ roles: { keepSite: 'site-a' }, epoch: 2 });
    expect(state.known.admission).toBeUndefined();
    expect(state.known.timeline.at(-1)?.what).toBe('site-a serves again: site-b is not admitted');
  });

  it('once it is out of one group it goes out of all, healthy or not', () => {
    const second = { arn: 'group-2', region: 'us-east-1', dial: 100, endpoints: [] };
    const seen = observed({ a: { ...split.a, backup: 'offline' }, b: out });
    const groups = seen.traffic.groups;
    const both = 'value' in groups ? [...groups.value, second] : [];
    const observation = { ...seen, traffic: { ...seen.traffic, groups: { value: both, at: now } } };
    const kept = {
      site: 'site-a',
      endpointId: 'arn:site-a',
      weight: 128,
      health: 'HEALTHY',
      clientIpPreservation: false,
    } as const;
    const admitting = knowing(guarded, {
      admission: { plan: 'p', by: 'alice', since: later },
      groups: { ...guarded.known.groups, 'group-2': { dial: 100, endpoints: [kept] } },
    });

    expect(round(admitting, observation, later).next).toMatchObject({
      command: { kind: 'removeLostEndpoint', site: 'site-a', evenIfHealthy: true },
    });
  });

  it('the plan is another one when the lost site was restarted meanwhile', () => {
    const { known } = guarded;
    const situation = { pair, state: guarded, known, roles: known.roles!, observation: observed(), now, digest };
    const restarted = { ...situation, known: { ...known, keepSiteStartedAt: now } };

    expect(askAdmitStaleSite(situation).plan).not.toBe(askAdmitStaleSite(restarted).plan);
    expect(fine.startedAt).not.toBe(now);
  });

  it('whoever is asked is told that the other site was emptied, or restarted, and approves that', () => {
    const { known } = guarded;
    const usual = { pair, state: guarded, known, roles: known.roles!, observation: observed(), now, digest };
    const emptied = { ...usual, known: { ...known, emptied: 'site-b' } };
    const restarted = { ...usual, observation: observed({ b: { ...fine, startedAt: now + 60_000 } }) };
    const unknown = { ...restarted, known: { ...known, staleSiteStartedAt: undefined } };
    const empty = { ...usual, observation: observed({ b: { ...fine, sizes: { sessions: 0, work: 0 } } }) };
    const asked = [usual, emptied, restarted, unknown, empty].map((situation) => askAdmitStaleSite(situation));

    expect(asked.map(({ question }) => /Beware: site-b (\w+ \w+)/.exec(question)?.[1])).toEqual([
      undefined,
      'was emptied',
      'restarted since',
      'restarted since',
      'holds no',
    ]);
    expect(new Set(asked.map(({ plan }) => plan)).size).toBe(4);
  });
});
