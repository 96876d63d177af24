import { assess } from '../../../domain/assess';
import type { RunState } from '../../../domain/state';
import { digest, fine, now, observed, pair } from '../../support/observations';
import { fenced, fencing, protecting, split } from '../../support/run-states';

const shadow = { ...pair, mode: 'shadow' } as const;

function look(state: RunState, observation = observed(split), at = now) {
  const assessment = assess({ pair: shadow, state, observation, now: at, digest });
  return { ...assessment, state: { ...state, known: assessment.remember ?? state.known } };
}

describe('shadow mode', () => {
  it('records once what it would do, and touches nothing', () => {
    const first = look(protecting());
    const second = look(first.state, observed(split), now + 5_000);

    expect(first.next).toEqual({
      kind: 'wait',
      for: 'the split to be over; shadow mode: it would fence site-b and keep site-a',
      until: undefined,
      pace: 'slow',
    });
    expect(first.state.known.timeline.map(({ what }) => what)).toEqual([
      'shadow mode: would fence site-b, keep site-a: both sites answer us, neither sees the other; site-a is preferred',
      'would remove site-b from Global Accelerator (1); site-a stays',
      'would on site-a take the backup to site-b offline',
    ]);
    expect(first.state.known.roles).toBeUndefined();
    expect(second.remember).toBeUndefined();
  });

  it('records anew when it would decide otherwise', () => {
    const first = look(protecting());
    const sick = { ...split.a, endpoint: { health: 'UNHEALTHY' } } as const;
    const second = look(first.state, observed({ a: sick, b: split.b }), now + 5_000);

    expect(second.state.known.wouldDo?.roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
  });

  it('beside another hand it tells its own choice first, and then follows what was done', () => {
    const first = look(protecting());
    const byOthers = { a: { ...split.a, endpoint: undefined }, b: split.b };
    const second = look(first.state, observed(byOthers), now + 60_000);
    const told = second.state.known.timeline.map(({ what }) => what).filter((what) => what.startsWith('shadow mode'));

    expect(told).toEqual([
      expect.stringMatching(/would fence site-b, keep site-a/),
      expect.stringMatching(/would fence site-a, keep site-b: .*only site-b can be kept$/),
    ]);
    expect(second.next).toMatchObject({ kind: 'wait' });
  });

  it('ends with what it would have done once the split is over', () => {
    const { state } = look(protecting('site-a'));
    const resolved = { ...state, heard: protecting('site-a', { status: 'resolved' }).heard };

    expect(look(resolved, observed(), now + 60_000).next).toMatchObject({
      kind: 'finish',
      outcome: 'shadowed',
      report: expect.stringMatching(
        /^Shadow mode: would have fenced site-b and kept site-a \(remove site-b .*Nothing was touched/,
      ),
    });
  });

  it("takes a person's request as it takes an alert", () => {
    expect(look(fencing('site-b')).state.known.wouldDo?.steps).toHaveLength(2);
  });

  it('holds back the command of a run that had begun to act before', () => {
    const put = { a: { ...split.a, backup: 'offline' }, b: { ...split.b, endpoint: fine.endpoint } } as const;
    const { next, state } = look(fenced(protecting()), observed(put));

    expect(next).toMatchObject({
      kind: 'wait',
      for: 'the pair to leave shadow mode; it would remove site-b from Global Accelerator (1); site-a stays',
    });
    expect(state.known.findings).toEqual([
      'shadow mode holds back: remove site-b from Global Accelerator (1); site-a stays',
    ]);
  });
});
