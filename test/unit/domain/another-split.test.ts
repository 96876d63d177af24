/** What people answer about a split counts for that one, and for no other that comes after it. */
import type { IncidentEvent, SimulatedIncident } from '../../support/simulated-incident';
import { playUntil } from '../../support/simulated-operators';
import { observed } from '../../support/observations';
import { latched, protecting, split } from '../../support/run-states';
import { knowing, round } from './a-round';
import { cut, expectWhole, heal, inPhase, pairOf, says } from './a-simulated-way-back';

function asks(incident: SimulatedIncident, gate: string): boolean {
  return playUntil(incident, () => says(incident).startsWith(`ask: ${gate}:`), { rounds: 100, answering: false });
}

const approves = (person: number): IncidentEvent => ({ kind: 'approves', site: 'site-a', person, plan: 'asked' });

describe('a second split that comes before the pair was whole for long', () => {
  it('is asked about anew at the gate fence, where one of two had approved the first one', () => {
    const incident = pairOf({ stableSeconds: 30, fenceApprovals: 2 });
    incident.happens(cut);
    incident.happens({ kind: 'alert', reporter: 'site-a' });
    expect(asks(incident, 'fence')).toBe(true);
    incident.happens(approves(0));
    incident.happens(heal);
    playUntil(incident, () => incident.lastNext?.kind === 'wait', { answering: false });
    incident.happens(cut);
    expect(asks(incident, 'fence')).toBe(true);
    incident.happens(approves(1));

    playUntil(incident, () => false, { rounds: 10, answering: false });

    expect(incident.commands).toEqual([]);
    incident.happens(approves(0));
    playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });
    expect(incident.run?.known.roles?.because).toContain('approved by person-1 and person-0');
  });

  it('is asked about anew at the gate keepSite, where a site had been chosen for the first one', () => {
    const incident = pairOf({ stableSeconds: 30, preferredSite: undefined });
    for (const site of ['site-a', 'site-b'] as const) incident.happens({ kind: 'alert', reporter: site });
    for (const site of ['site-a', 'site-b'] as const) incident.happens({ kind: 'health', site, health: 'UNHEALTHY' });
    incident.happens(cut);
    expect(asks(incident, 'keepSite')).toBe(true);
    incident.happens(approves(0));
    const { epoch } = incident.run!.known;
    incident.happens(heal);
    playUntil(incident, () => incident.run?.known.linkWholeSince !== undefined, { answering: false });
    incident.happens(cut);
    for (const site of ['site-a', 'site-b'] as const) incident.happens({ kind: 'health', site, health: 'HEALTHY' });

    playUntil(incident, () => incident.run?.known.roles !== undefined, { rounds: 60, answering: false });

    expect(incident.run?.known.roles?.because ?? '').not.toContain('person-0');
    expect(incident.run?.known.epoch).toBeGreaterThan(epoch);
  });

  it('does not void what was decided about a fence that stands', () => {
    const asked = { gate: 'fence', plan: 'p', since: 0, expired: 0 } as const;
    const standing = { asked, detachRequestedAt: 1, detachedAt: 2 };
    const before = knowing(latched(protecting()), standing);

    expect(round(before, observed()).state.known.epoch).toBe(before.known.epoch);
    expect(round(knowing(latched(protecting()), { asked }), observed(split)).state.known.epoch).toBe(
      before.known.epoch,
    );
  });
});

describe('a new split inside the soak', () => {
  it('is fenced at once, also where people are asked before a fence: the site was let in as long as it is equal', () => {
    const incident = inPhase('soaking');
    const { gates } = incident.pair.policy;
    Object.assign(gates.fence, { approvals: 1 });
    incident.happens(cut);

    playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });

    expect(incident.run?.known.refenced).toBeDefined();
    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    Object.assign(gates.fence, { approvals: 0 });
    incident.happens(heal);
    expectWhole(incident);
  });
});
