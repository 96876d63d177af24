import { elapsedClock } from '../../../runtime/elapsed';

describe('the elapsed time', () => {
  const clocks = { mono: 0, wall: 1_000_000 };
  const elapsed = elapsedClock({ monotonicMs: () => clocks.mono, now: () => clocks.wall });

  it('goes on with whichever clock says more, and never back', () => {
    const readings = [
      [100, 100], // both go
      [0, 60_000], // the machine slept
      [50, -3_600_000], // the wall clock was set back
      [0, 0],
    ].map(([mono = 0, wall = 0]) => {
      clocks.mono += mono;
      clocks.wall += wall;
      return elapsed();
    });

    expect(readings).toEqual([100, 60_100, 60_150, 60_150]);
  });
});
