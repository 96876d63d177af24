/** How one thing compares with another, measured side by side in one run. */
export interface Comparison {
  what: string;
  against: string;
  /** Of `what`, as it reads: `12,000 per s`, `310 ms`, `420 bytes`. */
  measured: string;
  baseline: string;
  /** `what` in terms of `against`: 2 means twice the time, or twice the size. */
  ratio: number;
}

/** One benchmark; its file makes one or more comparisons. */
export type Benchmark = () => Promise<Comparison[]>;

const turns = 15;
const turnMs = 40;

/**
 * Times two functions in short turns, one after the other, so that what disturbs the machine disturbs both.
 * @returns the median time of one call of each, in milliseconds.
 */
export function timeInTurns(one: () => unknown, other: () => unknown): { one: number; other: number } {
  // The compiler's turn.
  [one, other].forEach(timeOfCall);
  const times = Array.from({ length: turns }, () => ({ one: timeOfCall(one), other: timeOfCall(other) }));
  return { one: median(times.map((time) => time.one)), other: median(times.map((time) => time.other)) };
}

/** How long a piece of work takes, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Of an even number of values the greater one in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

export const perSecond = (msPerCall: number): string => `${Math.round(1_000 / msPerCall).toLocaleString('en')} per s`;
export const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
export const bytes = (count: number): string => `${Math.round(count).toLocaleString('en')} bytes`;

function timeOfCall(call: () => unknown): number {
  const startedAt = performance.now();
  let calls = 0;
  while (performance.now() - startedAt < turnMs) {
    call();
    calls += 1;
  }
  return (performance.now() - startedAt) / calls;
}
