/** What comes at the wrong moment on the way back, played by the run's own loop against a simulated pair. */
import type { Phase } from '../../../domain/state';
import { SimulatedIncident, type IncidentEvent, type SimulatedOptions } from '../../support/simulated-incident';
import { isWhole, playUntil, whatIsWrong } from '../../support/simulated-operators';

const cut: IncidentEvent = { kind: 'link', siteASees: false, siteBSees: false };
const heal: IncidentEvent = { kind: 'link', siteASees: true, siteBSees: true };

function pairOf(options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  return new SimulatedIncident({ groups: 1, stableSeconds: 2, preferredSite: 'site-a', ...options });
}

function fencedAndHealed(options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const incident = pairOf(options);
  incident.happens(cut);
  incident.happens({ kind: 'alert', reporter: 'site-a' });
  playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });
  incident.happens(heal);
  return incident;
}

function inPhase(phase: Phase, options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const incident = fencedAndHealed(options);
  expect(playUntil(incident, () => incident.run?.known.phase === phase)).toBe(true);
  return incident;
}

function atGate(gate: string, options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const incident = fencedAndHealed(options);
  const asks = (): boolean => incident.lastNext?.kind === 'ask' && incident.lastNext.gate === gate;
  expect(playUntil(incident, asks)).toBe(true);
  return incident;
}

/** site-b was taken out as planned, and is on its way back. */
function plannedReturnInSoak(): SimulatedIncident {
  const incident = pairOf();
  incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
  playUntil(incident, () => !incident.run);
  incident.happens({ kind: 'asksFor', goal: 'siteOnline', site: 'site-b', person: 0 });
  expect(playUntil(incident, () => incident.run?.known.phase === 'soaking')).toBe(true);
  return incident;
}

function expectWhole(incident: SimulatedIncident): void {
  playUntil(incident, () => !incident.run, { rounds: 600 });

  expect([...incident.violations, ...whatIsWrong(incident)]).toEqual([]);
}

function says(incident: SimulatedIncident): string {
  const { lastNext: next } = incident;
  if (next?.kind === 'ask') return `ask: ${next.gate}: ${next.question}`;
  if (next?.kind === 'wait') return `wait for ${next.for}`;
  return next?.kind === 'blocked' ? `blocked: ${next.type}: ${next.message}` : (next?.kind ?? 'nothing');
}

function sent(incident: SimulatedIncident): string[] {
  return incident.commands.map(({ kind }) => kind);
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
  it('whose kept site is lost before it ends gives clients a site', () => {
    const incident = pairOf();
    incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
    incident.beforeCommand = () => {
      incident.happensWhileActing({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    };
    playUntil(incident, () => !incident.run || isWhole(incident), { rounds: 30 });

    playUntil(incident, () => incident.world.traffic.admitted().includes('site-b'), { rounds: 30 });

    expect(incident.world.traffic.admitted()).toContain('site-b');
  });
});
