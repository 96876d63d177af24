/** A synchronize that people ask for while a site is on its way back: the way out that a site which differs has. */
import type { SimulatedIncident } from '../../support/simulated-incident';
import { playUntil } from '../../support/simulated-operators';
import { atGate, expectWhole, inPhase, pairOf, says, sent } from './a-simulated-way-back';

const approveAll = (incident: SimulatedIncident): void => {
  for (const person of [0, 1, 2]) incident.happens({ kind: 'approves', site: 'site-a', person, plan: 'asked' });
};

/** Taken out as planned; and on its way back, at its gate. */
function plannedReturn(): SimulatedIncident {
  const incident = pairOf();
  incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
  playUntil(incident, () => !incident.run);
  incident.happens({ kind: 'asksFor', goal: 'siteOnline', site: 'site-b', person: 0 });
  playUntil(incident, () => says(incident).startsWith('ask: siteOnline'), { answering: false });
  return incident;
}

function differs(incident: SimulatedIncident): void {
  incident.world.replication.cacheOf('site-b', 'sessions').contents.write('stray', 'written to the stale site only');
}

const synchronize = { kind: 'asksFor', goal: 'synchronize', site: 'site-b', person: 1 } as const;

describe('a synchronize that is asked for', () => {
  it('while a planned return is Blocked because the sites differ turns the run to it, with its gate', () => {
    const incident = plannedReturn();
    differs(incident);
    approveAll(incident);
    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { answering: false });
    expect(says(incident)).toContain('ContentsDiffer');
    incident.happens(synchronize);

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toMatch(/^ask: synchronize: Empty site-b/);
    expect(sent(incident)).not.toContain('emptySite');
    expectWhole(incident);
  });

  it('while the return of a site that this run synchronized is Blocked because it differs, too', () => {
    const incident = atGate('siteOnline');
    differs(incident);
    approveAll(incident);
    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { answering: false });
    incident.happens(synchronize);

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toContain('ask: synchronize');
    expectWhole(incident);
  });

  it.each([
    ['at the gate siteOnline of a site that compared equal', () => atGate('siteOnline')],
    ['in mid-push', () => inPhase('pushing')],
    ['inside the soak', () => inPhase('soaking')],
  ])('%s makes nothing void', (_case, prepared) => {
    const incident = prepared();
    const { epoch } = incident.run!.known;
    incident.happens(synchronize);

    playUntil(incident, () => false, { rounds: 5, answering: false });

    expect(incident.run?.known.epoch).toBe(epoch);
    expectWhole(incident);
  });
});
