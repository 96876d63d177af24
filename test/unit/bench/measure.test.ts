import { median, timeInTurns } from '../../../bench/measure';
import { ratioOf, tableOf } from '../../../bench/table';

describe('a benchmark', () => {
  it('takes the median, which one disturbed turn does not move', () => {
    expect(median([5, 1, 9_000])).toBe(5);
    expect(median([])).toBeNaN();
  });

  it('gives both sides turns, and a time of one call of each', () => {
    const calls: string[] = [];
    const last = (name: string) => () => calls.at(-1) === name || calls.push(name);
    const times = timeInTurns(last('one'), last('other'));

    // One turn before it counts, and 15 that count.
    expect(calls).toHaveLength(32);
    expect(calls.slice(0, 4)).toEqual(['one', 'other', 'one', 'other']);
    expect(times.one).toBeGreaterThan(0);
    expect(times.other).toBeGreaterThan(0);
  });

  it('shows ratios with the two digits that count', () => {
    expect([0.001234, 0.5, 1.26, 123.4].map(ratioOf)).toEqual(['0.0012', '0.5', '1.3', '120']);
    expect(ratioOf(Infinity)).toBe('?');
  });

  it('ends as one row of a table', () => {
    const row = { what: 'this', measured: '2 ms', against: 'that', baseline: '1 ms', ratio: 2 };

    expect(tableOf([row])).toMatch(/2 │ this +│ 2 ms │ that +│ 1 ms/);
  });
});
