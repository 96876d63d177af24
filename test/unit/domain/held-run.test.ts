/** What a held run goes on with: a person reads the plan before they release it. */
import { atGate, expectWhole, fencedAndHealed, inPhase, says, sent } from './a-simulated-way-back';
import { playUntil } from '../../support/simulated-operators';

const held = ' The run is held: what is decided has its effect once it is released.';

describe('a held run', () => {
  it('compares all the same, so that it can be read what would be discarded before it is released', () => {
    const incident = fencedAndHealed();
    incident.happens({ kind: 'hold', person: 0 });

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(incident.lastNext).toMatchObject({ gate: 'synchronize', discards: expect.any(Number) });
    expect(says(incident)).toContain(held);
    expect(sent(incident)).not.toContain('emptySite');
    expectWhole(incident);
  });

  it('asks for what only a person can stop, and takes their word', () => {
    const incident = fencedAndHealed({ workload: 'manual' });
    incident.happens({ kind: 'hold', person: 0 });
    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { answering: false });
    expect(says(incident)).toBe('blocked: WorkloadManual: stop the application of site-b, then confirm');
    incident.happens({ kind: 'applicationStops', site: 'site-b' });
    incident.happens({ kind: 'confirm', person: 0 });

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toContain('ask: synchronize');
    expectWhole(incident);
  });

  it('compares after a push, and gives the stale site no way to write to the kept one', () => {
    const incident = inPhase('comparing');
    incident.happens({ kind: 'hold', person: 0 });

    playUntil(incident, () => incident.run?.known.phase === 'reattaching', { answering: false });
    playUntil(incident, () => false, { rounds: 10, answering: false });

    expect(incident.run?.known.phase).toBe('reattaching');
    expect(sent(incident)).not.toContain('bringBackupOnline');
    expectWhole(incident);
  });

  it('says at the gate siteOnline that it is held, and does not compare every minute once that is approved', () => {
    const incident = atGate('siteOnline');
    incident.happens({ kind: 'hold', person: 0 });
    incident.round();
    expect(says(incident)).toContain(held);
    for (const person of [0, 1, 2]) incident.happens({ kind: 'approves', site: 'site-a', person, plan: 'asked' });
    const before = incident.commands.length;

    playUntil(incident, () => false, { rounds: 60, answering: false });

    expect(incident.commands.slice(before)).toEqual([]);
    expectWhole(incident);
  });
});
