import { count, progressOf, sayProgress, tenthsOf } from '../../../domain/progress';
import type { Synchronization } from '../../../domain/way-back';

const half = { what: 'pushing', done: 600, total: 1_204, since: 10_000, at: 12_000 };

describe('how far a long step has come', () => {
  it.each([
    ['on its way', half, 'pushing: 600 of 1,204 (49 %), 300 a second, 2.0 s left'],
    ['at its begin', { ...half, done: 0, at: half.since }, 'pushing: 0 of 1,204 (0 %)'],
    ['at its end', { ...half, done: 1_204 }, 'pushing: 1,204 of 1,204 (100 %), 602 a second'],
    ['beyond what was there at its begin', { ...half, done: 1_300 }, 'pushing: 1,300 of 1,204 (100 %), 650 a second'],
    ['with nothing to do', { ...half, done: 0, total: 0 }, 'pushing: 0 of 0'],
    ['by clocks that disagree', { ...half, at: half.since - 1 }, 'pushing: 600 of 1,204 (49 %)'],
    ['slowly', { ...half, done: 1, at: half.since + 60_000 }, 'pushing: 1 of 1,204 (0 %), 1 a second, 20 h 03 m left'],
  ])('%s: done, total, rate and time left, as far as they are known', (_, progress, said) => {
    expect(sayProgress(progress)).toBe(said);
  });

  it('is told by whole tenths where it must not be news all the time', () => {
    expect(tenthsOf(half)).toBe(4);
    expect(tenthsOf({ ...half, done: half.total })).toBe(10);
    expect(tenthsOf({ ...half, total: 0 })).toBe(0);
  });

  it('is told by the activity rather than by the run, and by the run only until the sites compared equal', () => {
    const live = { ...half, done: 900 };
    const synchronization = { progress: half } as Synchronization;

    expect(progressOf({ progress: live, synchronization })).toBe(live);
    expect(progressOf({ synchronization })).toBe(half);
    expect(progressOf({ synchronization: { ...synchronization, equalAt: 1 } })).toBeUndefined();
    expect(progressOf({})).toBeUndefined();
  });

  it.each([
    [0, '0'],
    [999, '999'],
    [1_204, '1,204'],
    [1_234_567, '1,234,567'],
  ])('%i is written %s', (number, written) => {
    expect(count(number)).toBe(written);
  });
});
