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
  it('is not taken for fenced because an earlier fence of the run was proved: its own level has to confirm', () => {
    const incident = inPhase('soaking', { fencing: 'beside' });
    incident.happens(cut);
    playUntil(incident, () => incident.world.traffic.admitted().length === 1, { answering: false });
    incident.round();
    const unread = ['traffic', 'devices', 'site-b'] as const;
    for (const what of unread) incident.happens({ kind: 'unread', what, forSeconds: 10 });

    playUntil(incident, () => false, { rounds: 8, answering: false });

    expect(incident.world.replication.isDetached('site-a')).toBe(false);
    expect(incident.violations).toEqual([]);
    playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });
    expect(incident.world.replication.isDetached('site-a')).toBe(true);
    expect(incident.violations).toEqual([]);
  });

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

  describe('where a majority is required, and there is none', () => {
    /** Asked for longer than a minute; both sites serve. */
    function undecided(): SimulatedIncident {
      const incident = inPhase('soaking', { majority: 'required', witnesses: 1 });
      incident.happens({ kind: 'witness', witness: 0, says: 'nothing' });
      incident.happens(cut);
      expect(asks(incident, 'keepSite')).toBe(true);
      return incident;
    }

    it('fences nothing, and the question says by which command lines a person goes on', () => {
      const incident = undecided();

      expect(says(incident)).toContain(
        'To keep site-a: sitewarden fence keycloak-prod --site site-b --reason "...". ' +
          'To keep site-b: sitewarden abort keycloak-prod --reason "...", and then sitewarden fence keycloak-prod --site site-a --reason "...".',
      );
      expect(incident.lastNext).toMatchObject({ answers: [] });
      expect(incident.world.traffic.admitted()).toEqual(['site-a', 'site-b']);
    });

    it('names no line for a site that could not be kept', () => {
      const incident = undecided();
      incident.happens({ kind: 'health', site: 'site-b', health: 'UNHEALTHY' });

      incident.round();

      expect(says(incident)).toContain('To keep site-a: sitewarden fence');
      expect(says(incident)).not.toContain('To keep site-b');
    });

    it('the site that was let in is fenced again by that line, and the pair becomes whole', () => {
      const incident = undecided();
      incident.happens({ kind: 'asksFor', goal: 'fence', site: 'site-b', person: 0 });

      playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });

      expect(incident.run?.known.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
      expect(incident.world.traffic.admitted()).toEqual(['site-a']);
      expect(incident.world.replication.isDetached('site-a')).toBe(true);
      incident.happens(heal);
      expectWhole(incident);
    });

    /** The link was down for a round, and nobody was asked yet. */
    function healedUnfenced(): SimulatedIncident {
      const incident = inPhase('soaking', { majority: 'required', witnesses: 1 });
      incident.happens({ kind: 'witness', witness: 0, says: 'nothing' });
      incident.happens(cut);
      incident.round();
      expect(incident.lastNext).toMatchObject({ kind: 'refuse', refusal: { code: 'NoQuorum' } });
      incident.happens(heal);
      incident.round();
      return incident;
    }

    it('the sites are not called equal once the link has healed inside the soak, however long nobody answers', () => {
      const incident = healedUnfenced();

      playUntil(incident, () => !incident.run, { rounds: 400, answering: false });

      expect(says(incident)).toMatch(
        /^ask: keepSite: Inside the soak of site-b \(since .+: the sites do not see each other\) nobody was fenced, so the sites may differ\. .+ To keep site-a: sitewarden fence .+ To keep site-b: .+ If both hold the same for certain: sitewarden abort keycloak-prod/,
      );
      expect(incident.lastNext).toMatchObject({ kind: 'ask', gate: 'keepSite', answers: [] });
      expect(incident.run?.known.refusal).toBeUndefined();
    });

    it('that line works, too, once the link has healed inside the soak', () => {
      const incident = healedUnfenced();
      incident.happens({ kind: 'asksFor', goal: 'fence', site: 'site-b', person: 0 });

      playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });

      expect(incident.world.traffic.admitted()).toEqual(['site-a']);
      expectWhole(incident);
    });

    it('the other site is fenced by those two lines, and the pair becomes whole', () => {
      const incident = undecided();
      incident.happens({ kind: 'abort', person: 0 });
      playUntil(incident, () => !incident.run, { answering: false });
      expect(incident.world.traffic.admitted()).toEqual(['site-a', 'site-b']);
      incident.happens({ kind: 'asksFor', goal: 'fence', site: 'site-a', person: 0 });

      playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });

      expect(incident.world.traffic.admitted()).toEqual(['site-b']);
      expect(incident.world.replication.isDetached('site-b')).toBe(true);
      incident.happens(heal);
      expectWhole(incident);
    });

    it('goes on by itself once there is a majority', () => {
      const incident = undecided();
      incident.happens({ kind: 'witness', witness: 0, says: 'site-a' });

      playUntil(incident, () => incident.run?.known.phase === 'fenced', { answering: false });

      expect(incident.run?.known.refenced).toBeDefined();
      expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    });
  });
});
