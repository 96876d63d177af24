/** What comes at the wrong moment on the way back, played by the run's own loop against a simulated pair. */
import { assess } from '../../../domain/assess';
import type { Comparison } from '../../../domain/comparison';
import type { SitePair } from '../../../domain/site-pair';
import type { RunState } from '../../../domain/state';
import type { Synchronization } from '../../../domain/way-back';
import { digest, fine, now, observed, pair } from '../../support/observations';
import { fenced, fencing, protecting, removed, split, taught } from '../../support/run-states';
import type { SimulatedIncident, SimulatedOptions } from '../../support/simulated-incident';
import { playUntil } from '../../support/simulated-operators';
import { aborted, accepted, round, withCommands } from './a-round';
import { atGate, cut, expectWhole, heal, inPhase, pairOf, says, sent } from './a-simulated-way-back';

/** site-b was taken out as planned, and is on its way back. */
function plannedReturnInSoak(options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const incident = pairOf(options);
  incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
  playUntil(incident, () => !incident.run);
  incident.happens({ kind: 'asksFor', goal: 'siteOnline', site: 'site-b', person: 0 });
  expect(playUntil(incident, () => incident.run?.known.phase === 'soaking')).toBe(true);
  return incident;
}

describe('a restart', () => {
  it.each(['site-a', 'site-b'] as const)(
    'of %s inside the soak of a planned return has the empty site fenced',
    (site) => {
      const incident = plannedReturnInSoak();
      incident.happens({ kind: 'timePasses', seconds: 10 });
      incident.happens({ kind: 'siteRestarts', site });

      playUntil(incident, () => incident.run?.known.provedSince !== undefined, { rounds: 20, answering: false });

      expect(incident.run?.known.roles?.staleSite).toBe(site);
      expectWhole(incident);
    },
  );

  it('of the kept site while the other one is taken out as planned ends the plan, and is told', () => {
    const incident = pairOf();
    incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
    playUntil(incident, () => sent(incident).includes('removeEndpoint'));
    incident.happens({ kind: 'timePasses', seconds: 5 });
    incident.happens({ kind: 'siteRestarts', site: 'site-a' });

    playUntil(incident, () => !incident.run, { rounds: 20, answering: false });

    expect(incident.lastOutcome).not.toBe('siteOffline');
    expect(incident.run?.known.planned).toBeUndefined();
  });

  it('of the kept site inside the soak is fenced all the same once the other site can be kept', () => {
    const incident = inPhase('soaking');
    incident.happens({ kind: 'timePasses', seconds: 10 });
    incident.happens({ kind: 'health', site: 'site-b', health: 'UNHEALTHY' });
    incident.happens({ kind: 'siteRestarts', site: 'site-a' });
    for (let round = 0; round < 10; round += 1) incident.round();
    expect(incident.run).toBeDefined();

    incident.happens({ kind: 'health', site: 'site-b', health: 'HEALTHY' });

    playUntil(incident, () => incident.run?.known.provedSince !== undefined, { rounds: 20, answering: false });
    expect(incident.run?.known.roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
    expectWhole(incident);
  });
});

describe('a run that was asked to take a site out, or to bring it back, and asks which site is to be kept', () => {
  const asks = (incident: SimulatedIncident): boolean =>
    playUntil(incident, () => incident.lastNext?.kind === 'ask', { rounds: 100, answering: false });

  it('inside the soak takes no answer that nobody would heed, and names the command lines', () => {
    const incident = plannedReturnInSoak({ majority: 'required', witnesses: 1 });
    incident.happens({ kind: 'witness', witness: 0, says: 'nothing' });
    incident.happens(cut);

    expect(asks(incident)).toBe(true);

    expect(incident.lastNext).toMatchObject({ gate: 'keepSite', answers: [], choices: [] });
    expect(says(incident)).toContain('To keep site-a: sitewarden fence keycloak-prod --site site-b');
    incident.happens({ kind: 'asksFor', goal: 'fence', site: 'site-b', person: 0 });
    playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });
    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    incident.happens(heal);
    expectWhole(incident);
  });

  it('on the way out takes none either, and goes on once the other site can be kept', () => {
    const incident = pairOf({ groups: 2 });
    incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
    playUntil(incident, () => sent(incident).length === 1);
    incident.happens({ kind: 'weight', site: 'site-a', group: 1, weight: 0 });

    expect(asks(incident)).toBe(true);

    expect(incident.lastNext).toMatchObject({ gate: 'keepSite', answers: [], choices: [] });
    incident.happens({ kind: 'weight', site: 'site-a', group: 1, weight: 128 });
    playUntil(incident, () => !incident.run, { answering: false });
    expect(incident.lastOutcome).toBe('siteOffline');
  });
});

describe('a site that is let in', () => {
  it('into several groups and stays unhealthy is taken out of all of them, and stays synchronized', () => {
    const incident = atGate('siteOnline', { groups: 2 });
    incident.happens({ kind: 'neverHealthy', site: 'site-b' });

    playUntil(incident, () => incident.lastNext?.kind === 'blocked');

    expect(says(incident)).toContain('blocked: EndpointUnhealthy');
    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    expect(incident.run?.known.synchronization?.equalAt).toBeDefined();
    expect(incident.world.replication.isAttached('site-a')).toBe(true);
    incident.world.traffic.calmDown();
    expectWhole(incident);
  });

  it('and taken out by somebody before it serves is not added again and again: a person is asked', () => {
    const incident = atGate('siteOnline');
    incident.happens({ kind: 'neverHealthy', site: 'site-b' });
    playUntil(incident, () => sent(incident).includes('addEndpoint'));
    incident.round();

    for (let minute = 0; minute < 5; minute += 1) {
      incident.happens({ kind: 'somebodyRemoves', site: 'site-b', group: 0 });
      playUntil(incident, () => false, { rounds: 12, answering: false });
    }

    expect(sent(incident).filter((kind) => kind === 'addEndpoint')).toHaveLength(1);
    expect(says(incident)).toContain('ask: siteOnline: Somebody took site-b out');
  });
});

describe('what was approved', () => {
  it('is asked about anew when the stale site was written to before it could be emptied', () => {
    const incident = atGate('synchronize', { workload: 'none' });
    incident.happens({ kind: 'fate', fate: 'isRefused', commands: 1 });
    for (const person of [0, 1]) incident.happens({ kind: 'approves', site: 'site-a', person, plan: 'asked' });
    incident.round();
    expect(sent(incident).at(-1)).toBe('emptySite');
    for (let write = 0; write < 9; write += 1) incident.happens({ kind: 'strayWrite', site: 'site-b' });

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toContain('ask: synchronize');
    expect(sent(incident).filter((kind) => kind === 'emptySite')).toHaveLength(1);
    expectWhole(incident);
  });
});

describe('a planned absence', () => {
  const known = { planned: 'offline', adopted: true, fencedFor: undefined } as const;
  const out = { ...fine, endpoint: undefined };
  const lost = { ...fine, endpoint: { health: 'UNHEALTHY' }, health: 503 } as const;

  it('whose kept site is lost before it ends gives clients the other one back', () => {
    const since = now - 11_000;
    const state = removed(protecting(), { ...known, keepSiteLostSince: since });

    const { says, state: after } = round(state, observed({ a: lost, b: out, status: 'IN_PROGRESS' }));

    expect(says).toBe('add site-b to Global Accelerator (1)');
    expect(after.known.planned).toBeUndefined();
  });

  it('goes on where the kept site fails one health check, or the other one could not serve', () => {
    const brief = removed(protecting(), { ...known, keepSiteLostSince: now - 2_000 });
    const both = removed(protecting(), { ...known, keepSiteLostSince: now - 60_000 });

    expect(round(brief, observed({ a: lost, b: out, status: 'IN_PROGRESS' })).says).toContain('DEPLOYED');
    const dead = observed({ a: lost, b: { ...out, health: 503 }, status: 'IN_PROGRESS' });
    expect(round(both, dead).says).toContain('DEPLOYED');
  });
});

describe('a comparison', () => {
  const way: Synchronization = {
    plan: 'plan',
    by: [],
    since: now - 60_000,
    discarded: 0,
    keepSiteStartedAt: fine.startedAt as number,
    staleSiteStartedAt: fine.startedAt as number,
    caches: ['sessions', 'work'],
    pushStarts: [now - 40_000],
    emptiedAt: now - 50_000,
    pushed: ['sessions', 'work'],
    spoiled: [],
    pushedAt: now - 30_000,
    pushedInRound: 4,
  };
  const equal = { keepEntries: 1, staleEntries: 1, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 };
  const out = { ...fine, endpoint: undefined, backup: 'offline', application: 'stopped' } as const;

  function compared(caches: Comparison['caches']): RunState {
    const state = fenced(protecting(), { synchronization: way, deployedReadTwiceAt: now - 60_000 });
    const starts = { keepSiteStartedAt: way.keepSiteStartedAt, staleSiteStartedAt: way.staleSiteStartedAt };
    const times = { startedAt: now - 20_000, endedAt: now - 10_000, epoch: state.known.epoch, ...starts };
    const comparison = { keepSite: 'site-a', staleSite: 'site-b', ...times, caches };
    return withCommands(state, { comparison, comparedInRound: 5 });
  }

  it('of all but one cache proves nothing, and is done again with all', () => {
    const { state, next } = round(
      compared({ sessions: equal }),
      observed({ a: { ...fine, backups: { sessions: 'online' } }, b: out }),
    );

    expect(state.known.synchronization?.equalAt).toBeUndefined();
    expect(next).not.toMatchObject({ command: { kind: 'bringBackupOnline' } });
    const again = round(compared({ sessions: equal }), observed({ b: out }));
    expect(again.next).toMatchObject({ command: { kind: 'compareSites', caches: ['sessions', 'work'] } });
  });

  it('of every cache proves that the sites are equal', () => {
    const { state } = round(compared({ sessions: equal, work: equal }), observed({ b: out }));

    expect(state.known.synchronization?.equalAt).toBe(now - 10_000);
  });
});

describe('an application that was started and never says 200', () => {
  const equalAt = now - 500_000;
  const reattachedAt = now - 400_000;

  function startedLongAgo(workload: 'exec' | 'none'): { pair: SitePair; state: RunState } {
    const way = { plan: 'plan', by: [], since: now - 600_000, discarded: 0, caches: ['sessions', 'work'] };
    const starts = { keepSiteStartedAt: fine.startedAt as number, staleSiteStartedAt: fine.startedAt as number };
    const done = {
      pushStarts: [now - 550_000],
      emptiedAt: now - 560_000,
      pushed: [],
      spoiled: [],
      pushedAt: now - 520_000,
    };
    const synchronization: Synchronization = { ...way, ...starts, ...done, equalAt, reattachedAt };
    const state = fenced(protecting(), { synchronization, deployedReadTwiceAt: now - 600_000 });
    const start = { kind: 'startApplication', site: 'site-b' } as const;
    return {
      pair: { ...pair, workloads: { 'site-a': workload, 'site-b': workload } },
      state: accepted(state, start, reattachedAt + 1_000),
    };
  }

  it.each(['exec', 'none'] as const)('is a matter for a person in the end (%s)', (workload) => {
    const observation = observed({ b: { ...fine, endpoint: undefined, health: 503 } });

    const { next } = assess({ ...startedLongAgo(workload), observation, now, digest });

    expect(next).toMatchObject({ kind: 'blocked', type: 'HealthUnreachable' });
  });
});

describe('a stale site that is written to', () => {
  const out = { ...fine, endpoint: undefined, backup: 'offline' } as const;
  const detached = { ...fine, backup: 'offline' } as const;
  const seen = (stores: number) => observed({ a: detached, b: { ...out, stores } });
  const proved = { provedSince: now - 900_000, deployedReadTwiceAt: now - 900_000, keepSiteOfflineOnStaleSince: now };

  it('without end becomes a matter for a person', () => {
    const moving = { storesUnchanged: { stores: 99, moves: 0, since: now - 10_000 } };
    const soon = fenced(protecting(), { ...proved, ...moving, linkWholeSince: now - 100_000 });
    const late = fenced(protecting(), { ...proved, ...moving, linkWholeSince: now - 400_000 });

    expect(round(soon, seen(100)).says).toBe('wait for site-b to be written to by nobody for 30 s');
    expect(round(late, seen(100)).says).toBe('blocked: SiteNotQuiet');
  });

  it('by the kept one is no news: a run at a gate over night is not woken by it', () => {
    const attached = fenced(protecting(), {
      planned: 'online',
      storesUnchanged: { stores: 1, moves: 0, since: now - 90_000 },
      linkWholeSince: now - 400_000,
    });
    const cut = fenced(protecting(), { storesUnchanged: { stores: 1, moves: 0, since: now - 90_000 } });

    expect(taught(attached, observed({ b: { ...out, stores: 50 } })).known.storesUnchanged?.stores).toBe(1);
    expect(taught(cut, observed({ ...split, b: { ...split.b, stores: 50 } })).known.storesUnchanged?.stores).toBe(1);
  });
});

describe('clocks that differ', () => {
  it('do not keep an abort from making things safe', () => {
    const out = { ...split.b, endpoint: undefined };

    const { says } = round(aborted(removed(protecting()), now + 2_000), observed({ a: split.a, b: out }));

    expect(says).toBe('on site-a take the backup to site-b offline');
  });

  it('do not give a request back that a later read may decide', () => {
    const state = fencing('site-b');
    const [request] = state.heard.requests;
    const ahead = { ...state, heard: { ...state.heard, requests: [{ ...request!, at: now + 2_000 }] } };

    expect(round(ahead, observed({ trafficUnread: true })).says).toContain('refuse');
  });
});
