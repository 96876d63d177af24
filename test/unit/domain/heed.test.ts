/** Words of people count from when an assessment first saw them, whatever the clock says by which they are dated. */
import { heed, heeded, unheed } from '../../../domain/heed';
import { isHeldByItself } from '../../../domain/held';
import type { RunState } from '../../../domain/state';
import type { HeardDecision } from '../../../domain/heard';
import { playUntil } from '../../support/simulated-operators';
import { now } from '../../support/observations';
import { protecting } from '../../support/run-states';
import { knowing } from './a-round';
import { atGate, cut, expectWhole, fencedAndHealed, heal, inPhase, says } from './a-simulated-way-back';

function hearing(...decisions: Partial<HeardDecision>[]): RunState {
  const state = protecting();
  const said = { kind: 'retry', by: 'alice', how: 'cli', at: now, epoch: 1 } as const;
  return { ...state, heard: { ...state.heard, decisions: decisions.map((one) => ({ ...said, ...one })) } };
}

describe.each([
  ['ahead of', 50_000],
  ['behind', -50_000],
])('where messages are dated by a clock that is %s the worker', (_case, messagesAheadMs) => {
  it('a release after a new split inside the soak is heard', () => {
    const incident = inPhase('soaking', { messagesAheadMs });
    incident.happens({ kind: 'hold', person: 0 });
    incident.happens({ kind: 'release', person: 0 });
    incident.happens(cut);
    playUntil(incident, () => incident.run?.known.refenced !== undefined, { answering: false });
    expect(isHeldByItself(incident.run!.known)).toBe(true);
    incident.happens({ kind: 'release', person: 0 });

    incident.round();

    expect(isHeldByItself(incident.run!.known)).toBe(false);
    incident.happens(heal);
    expectWhole(incident);
  });

  it('a confirmed stop counts, and a confirmed start that came after it too', () => {
    const incident = atGate('synchronize', { messagesAheadMs, workload: 'manual' });
    expect(incident.run?.known.applicationStoppedAt).toBeLessThanOrEqual(incident.world.now);

    playUntil(incident, () => incident.run?.known.phase === 'synchronized');

    expect(incident.run?.known.applicationStoppedAt).toBeUndefined();
    expectWhole(incident);
  });

  it('a confirmed stop is void once the site has started anew', () => {
    const incident = atGate('synchronize', { messagesAheadMs, workload: 'manual' });
    incident.happens({ kind: 'siteRestarts', site: 'site-b' });

    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { rounds: 30, answering: false });

    expect(says(incident)).toContain('WorkloadManual');
  });

  it('an endpoint that stays unhealthy is tried again after a retry, and only then', () => {
    const incident = atGate('siteOnline', { messagesAheadMs });
    incident.happens({ kind: 'neverHealthy', site: 'site-b' });
    for (const person of [0, 1, 2]) incident.happens({ kind: 'approves', site: 'site-a', person, plan: 'asked' });
    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { answering: false });
    playUntil(incident, () => false, { rounds: 20, answering: false });
    expect(says(incident)).toContain('EndpointUnhealthy');
    incident.happens({ kind: 'retry', person: 0 });

    incident.round();

    expect(says(incident)).toContain('ask: siteOnline');
  });
});

describe('what is heeded', () => {
  it('is of each word the latest, dated by the assessment that first saw it', () => {
    const state = hearing({ at: 5 }, { at: 6 }, { at: 7, about: 'x', kind: 'confirm' }, { at: 8, kind: 'hold' });
    const first = heed({ state, now }, state.known);
    const later = heed({ state, now: now + 9_000 }, first);

    expect(first.heeded).toEqual({
      until: 8,
      said: [
        { kind: 'retry', about: undefined, epoch: 1, at: now, round: 0 },
        { kind: 'confirm', about: 'x', epoch: 1, at: now, round: 0 },
      ],
    });
    expect(later).toBe(first);
  });

  it('is nothing that was refused', () => {
    const state = hearing({ refused: { code: 'NothingBlocked', message: 'no' } });

    expect(heeded(heed({ state, now }, state.known), 'retry')).toBeUndefined();
  });

  it('is in a state of an older version nothing that was said before: people say it again', () => {
    const state = knowing(hearing({ at: 5 }), { heeded: undefined });
    const known = heed({ state, now }, state.known);
    const again = hearing({ at: 5 }, { at: 6 });

    expect(known.heeded).toEqual({ until: 5, said: [] });
    expect(unheed(state.known, 'retry').heeded).toEqual({ until: 0, said: [] });
    expect(heeded(heed({ state: again, now }, known), 'retry')?.at).toBe(now);
  });
});

it('a run of which nobody has said anything is held by itself once it was fenced anew', () => {
  const incident = fencedAndHealed();

  expect(isHeldByItself({ refenced: { at: now } })).toBe(true);
  expect(isHeldByItself(incident.run!.known)).toBe(false);
});
