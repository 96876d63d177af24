/** A return that ends between two endpoint groups, and the run that finds it so. */
import type { SimulatedIncident } from '../../support/simulated-incident';
import { playUntil } from '../../support/simulated-operators';
import { cut, expectWhole, heal, inPhase, says, sent } from './a-simulated-way-back';

const back = { kind: 'asksFor', goal: 'siteOnline', site: 'site-b', person: 0 } as const;

/** Aborted when it was added to one group of two. */
function halfReturned(): SimulatedIncident {
  const incident = inPhase('admitting', { groups: 2 });
  const added = (): number => incident.world.traffic.endpointsOf('site-b').length;
  playUntil(incident, () => added() === 1);
  incident.happens({ kind: 'abort', person: 0 });
  playUntil(incident, () => !incident.run, { answering: false });
  expect(added()).toBe(1);
  return incident;
}

describe('an abort between two groups of a return', () => {
  it('leaves the sites equal and replicating, and says in how many groups the site is', () => {
    const incident = halfReturned();

    expect(incident.lastNext).toMatchObject({
      outcome: 'aborted',
      report: expect.stringContaining('site-b is in traffic in 1 of 2 endpoint groups only; replication'),
    });
    expect(incident.world.replication.areEqual).toBe(true);
    expect(incident.violations).toEqual([]);
  });

  it('is taken up where it ended: compared once more, and added to the other group, with nothing taken out', () => {
    const incident = halfReturned();
    const before = incident.commands.length;
    incident.happens(back);
    playUntil(incident, () => says(incident).startsWith('ask: siteOnline'), { answering: false });

    expectWhole(incident);
    expect(sent(incident).slice(before)).toEqual(['compareSites', 'addEndpoint']);
    expect(incident.world.traffic.endpointsOf('site-b')).toHaveLength(2);
    expect(incident.lastOutcome).toBe('siteOnline');
  });

  it('is fenced in both groups when a split comes while it is asked about', () => {
    const incident = halfReturned();
    incident.happens(back);
    playUntil(incident, () => says(incident).startsWith('ask: siteOnline'), { answering: false });
    incident.happens(cut);

    playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });

    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    incident.happens(heal);
    expectWhole(incident);
  });
});
