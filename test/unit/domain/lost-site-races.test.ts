/** What may happen between the steps of a swap or an admission. */
import type { Admission, Known, RunState } from '../../../domain/state';
import type { Decision, HeardDecision } from '../../../domain/heard';
import { groupArn, now, observed, type SeenSite } from '../../support/observations';
import { fenced, fencing, protecting, removed, split } from '../../support/run-states';
import { SimulatedIncident } from '../../support/simulated-incident';
import { aborted, accepted, failed, held, knowing, round, unconfirmed } from './a-round';

const sick: SeenSite = { ...split.a, endpoint: { health: 'UNHEALTHY' } };
const sickDetached: SeenSite = { ...sick, backup: 'offline' };
const wellDetached: SeenSite = { ...split.a, backup: 'offline' };
const goneDetached: SeenSite = { ...wellDetached, endpoint: undefined };
const out: SeenSite = { ...split.b, endpoint: undefined };
const later = now + 10_000;
const removeLost = {
  kind: 'removeLostEndpoint',
  groupArn,
  site: 'site-a',
  plan: 'plan',
  evenIfHealthy: false,
} as const;
const detachLost = { kind: 'takeBackupOffline', onSite: 'site-b', backupSite: 'site-a' } as const;

/** Site-a is lost after the detach, and a person decided that site-b serves in its place. */
function admitting(part: Partial<Known> = {}, admission: Partial<Admission> = {}): RunState {
  const state = fenced(protecting());
  const memory = state.known.groups[groupArn]!;
  const kept = { ...memory.endpoints[0]!, site: 'site-a', endpointId: 'arn:site-a' };
  const groups = { [groupArn]: { ...memory, endpoints: [...memory.endpoints, kept] } };
  const decided = { plan: 'plan', by: 'alice', since: now, ...admission };
  return knowing(state, { keepSiteLostSince: now, groups, admission: decided, ...part });
}

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

describe('a lost site that flaps while the other one is admitted in its place', () => {
  it.each<[string, RunState]>([
    ['was accepted', accepted(admitting(), removeLost, later - 1)],
    ['timed out', unconfirmed(admitting(), removeLost, later + 1_000)],
  ])('is not believed to serve while its own removal %s and may yet land', (_case, state) => {
    const { state: after, next } = round(state, observed({ a: wellDetached, b: out }), later);

    expect(after.known.admission).toBeDefined();
    expect(next.kind).toBe('wait');
  });

  it('is removed again when somebody puts it back after it was out: a decision that was begun is finished', () => {
    const begun = round(admitting(), observed({ a: goneDetached, b: out }), later);
    const { state, next } = round(begun.state, observed({ a: wellDetached, b: out }), later + 20_000);

    expect(state.known.admission).toBeDefined();
    expect(next).toMatchObject({ kind: 'do', command: { ...removeLost, evenIfHealthy: true } });
  });

  it('nobody is left without a site by a removal that lands late', () => {
    const incident = new SimulatedIncident({ groups: 1, stableSeconds: 30, preferredSite: 'site-a' });
    const rounds = (count: number) => Array.from({ length: count }, () => incident.round());
    incident.happens({ kind: 'link', siteASees: false, siteBSees: false });
    incident.happens({ kind: 'alert', reporter: 'site-a' });
    rounds(8);
    incident.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    rounds(15);
    incident.happens({ kind: 'approves', site: 'site-b', person: 0, plan: 'asked' });
    incident.happens({ kind: 'fate', fate: 'isAcceptedAndLandsLater', commands: 1 });
    rounds(3);
    incident.happens({ kind: 'health', site: 'site-a', health: 'HEALTHY' });
    rounds(40);

    expect(incident.violations).toEqual([]);
    expect(incident.world.traffic.admitted()).toHaveLength(1);
  });
});

/** The same before the decision was acted on, with the plan that is asked about. */
function approvedIn(b: SeenSite): RunState {
  const asking = admitting({ admission: undefined });
  const { next } = round(asking, observed({ a: sickDetached, b }), later);
  return decided(asking, { gate: 'admitStaleSite', plan: next.kind === 'ask' ? next.plan : undefined });
}

describe('an admission', () => {
  it('takes nothing out before the site that is to serve was read', () => {
    const silent: SeenSite = { ...out, sees: undefined, backup: undefined };

    expect(round(admitting(), observed({ a: sickDetached, b: silent }), later).says).toBe('ask: admitStaleSite');
    expect(round(approvedIn(silent), observed({ a: sickDetached, b: silent }), later).next).toMatchObject({
      kind: 'ask',
      question: expect.stringContaining("site-b's Infinispan does not answer; before it does, nothing is done."),
    });
    expect(round(approvedIn(silent), observed({ a: sickDetached, b: out }), later).says).toBe(
      'wait for the lost site site-a to be taken out',
    );
  });

  it('is not put off while its removal may land unread', () => {
    const silent: SeenSite = { ...out, sees: undefined, backup: undefined };
    const sent = accepted(admitting(), removeLost, later - 1);

    expect(round(sent, observed({ a: sickDetached, b: silent }), later).says).toBe(
      'wait for an earlier command, which may still take effect',
    );
    expect(round(sent, observed({ a: sickDetached, b: silent, trafficUnread: true }), later).says).toBe(
      'wait for Global Accelerator to answer',
    );
  });

  it('asks for the site that is to serve when that falls silent in the middle', () => {
    const silent: SeenSite = { ...out, sees: undefined, backup: undefined };
    const seen = observed({ a: goneDetached, b: silent });

    expect(round(admitting(), seen, now + 59_999).says).toBe("wait for site-b's Infinispan to answer");
    expect(round(admitting(), seen, now + 60_000).next).toMatchObject({
      kind: 'ask',
      question: expect.stringContaining('Bring site-b back.'),
      answers: [],
    });
  });

  it('takes nothing out under a hold, which would keep the other one out as well', () => {
    expect(round(held(admitting()), observed({ a: sickDetached, b: out }), later).says).toBe(
      'wait for release: somebody holds this run',
    );
  });

  it.each<[string, typeof removeLost | typeof detachLost, SeenSite]>([
    ['the removal of the lost site', removeLost, sickDetached],
    ['the detach on the other one', detachLost, goneDetached],
  ])('asks a person when %s keeps failing', (_case, command, a) => {
    const state = failed(admitting(), command, { count: 5, at: now - 60_000 });

    expect(round(state, observed({ a, b: out }), later).says).toBe('blocked: TrafficThrottled');
  });

  it('takes the lost site out under a hold too once the other one is in traffic: two sites that differ', () => {
    const both = observed({ a: wellDetached, b: { ...split.b, backup: 'offline' } });

    expect(round(held(admitting({}, { begun: true })), both, later).next).toMatchObject({
      kind: 'do',
      command: { kind: 'removeLostEndpoint' },
    });
  });

  it('an abort waits for a removal of the lost site that may yet land', () => {
    const state = aborted(accepted(admitting(), removeLost, later - 1), later - 1);

    expect(round(state, observed({ a: sickDetached, b: out }), later).says).toBe(
      'wait for an earlier command, which may still take effect',
    );
  });
});

describe('a person who keeps the lost site', () => {
  it.each<[string, RunState]>([
    ['named the site to fence', removed(fencing('site-b'))],
    ['after a swap', removed(protecting(), { swaps: 1 })],
  ])('has it fenced for, and is asked again after that: %s', (_case, state) => {
    const lost = knowing(state, { keepSiteLostSince: now });
    const kept = decided(lost, { gate: 'keepSite', site: 'site-a' });
    const detached = round(kept, observed({ a: sick, b: out }), later);

    expect(detached.says).toBe('on site-a take the backup to site-b offline');
    expect(round(detached.state, observed({ a: sickDetached, b: out }), later + 20_000).says).toBe(
      'ask: admitStaleSite',
    );
  });
});

describe('a site that this run itself put back', () => {
  it.each(['repair', 'ask'] as const)(
    'is removed again unasked, and nobody is blamed (whenPutBack %s)',
    (whenPutBack) => {
      const incident = new SimulatedIncident({ groups: 1, stableSeconds: 2, preferredSite: 'site-a', whenPutBack });
      const rounds = (count: number) => Array.from({ length: count }, () => incident.round());
      incident.happens({ kind: 'link', siteASees: false, siteBSees: false });
      incident.happens({ kind: 'alert', reporter: 'site-a' });
      rounds(1);
      incident.happens({ kind: 'link', siteASees: true, siteBSees: true });
      rounds(5);
      expect(incident.world.traffic.admitted()).toHaveLength(2);
      incident.happens({ kind: 'link', siteASees: false, siteBSees: false });
      rounds(40);

      expect(incident.run?.known.timeline.map(({ what }) => what)).not.toContainEqual(
        expect.stringContaining('it was not us'),
      );
      expect(incident.run?.known.reRemovals).toEqual([]);
      expect(incident.lastNext).toMatchObject({ kind: 'wait' });
      expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    },
  );
});

describe('a site that restarted while it was out', () => {
  const whole: SeenSite = { ...split.a, sees: true };
  const restarted: SeenSite = { ...out, sees: true, startedAt: now - 500 };
  const wholeSince = { linkWholeSince: now - 600_000 };

  it('is empty, so a healed link does not bring it back: it is fenced', () => {
    const state = removed(protecting(), wholeSince);

    expect(round(state, observed({ a: whole, b: { ...out, sees: true } }), now).says).toContain('add site-b');
    expect(round(state, observed({ a: whole, b: { ...restarted, startedAt: now + 5_000 } }), now + 6_000).says).toBe(
      'on site-a take the backup to site-b offline',
    );
  });

  it('counts as restarted where its start was not read before, and lies after that of the run', () => {
    const state = removed(protecting(), { ...wholeSince, staleSiteStartedAt: undefined });
    const after = { ...restarted, startedAt: now + 5_000 };

    expect(round(state, observed({ a: whole, b: after }), now + 6_000).says).toBe(
      'on site-a take the backup to site-b offline',
    );
  });

  it('is not known to have restarted before its start was read', () => {
    const state = removed(protecting(), { ...wholeSince, restoringSince: now });

    const seen = observed({ a: whole, b: { ...restarted, startedAt: undefined } });
    const unseen = { ...seen, sites: { 'site-a': seen.sites['site-a']! } };

    expect(round(state, seen, now).says).toBe('wait for both sites to be read');
    expect(round(state, unseen, now).says).toBe('wait for both sites to be read');
  });

  it('nor does it after a swap: the lost one came back empty, and stays out', () => {
    const incident = new SimulatedIncident({ groups: 1, stableSeconds: 2, preferredSite: 'site-a' });
    incident.happens({ kind: 'link', siteASees: false, siteBSees: false });
    incident.happens({ kind: 'alert', reporter: 'site-a' });
    incident.round();
    incident.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    incident.happens({ kind: 'siteGoesDown', site: 'site-a' });
    for (let round = 0; round < 30 && incident.run?.known.roles?.keepSite !== 'site-b'; round += 1) incident.round();
    incident.happens({ kind: 'siteComesUp', site: 'site-a' });
    incident.happens({ kind: 'link', siteASees: true, siteBSees: true });
    for (let round = 0; round < 20; round += 1) incident.round();

    expect(incident.run?.known.provedSince).toBeDefined();
    expect(incident.world.traffic.admitted()).toEqual(['site-b']);
  });
});
