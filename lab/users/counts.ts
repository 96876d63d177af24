import {
  operations,
  outcomes,
  outcomeWords,
  type Operation,
  type Outcome,
  type UserRecord,
  type WayName,
} from './outcome';

/** How many operations came to which outcome. */
export type Counts = Record<Outcome, number>;

export function noCounts(): Counts {
  return { ok: 0, slow: 0, refused: 0, wrongPasswordLie: 0, silentlyLost: 0 };
}

export function countsOf(records: readonly UserRecord[]): Counts {
  const counts = noCounts();
  for (const { outcome } of records) counts[outcome] += 1;
  return counts;
}

export function totalOf(counts: Counts): number {
  return outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** In words, from good to bad; empty when nothing occurred. */
export function countsInWords(counts: Counts): string {
  const occurred = outcomes.filter((outcome) => counts[outcome] > 0);
  return occurred.map((outcome) => `${counts[outcome]} ${outcomeWords[outcome]}`).join(', ');
}

/** The worst outcome that occurred; absent when nothing did. */
export function worstOf(counts: Counts): Outcome | undefined {
  return outcomes.findLast((outcome) => counts[outcome] > 0);
}

/** The operations of one kind and way that began within one second. */
export interface SecondCounts {
  /** Begin of that second, in milliseconds since 1970. */
  at: number;
  operation: Operation;
  way: WayName;
  counts: Counts;
}

/** In the order of time, then of ways, then of operations; seconds in which nothing began are left out. */
export function countsPerSecond(records: readonly UserRecord[]): readonly SecondCounts[] {
  const bySecond = new Map<string, SecondCounts>();
  for (const { at, operation, way, outcome } of records) {
    const second = Math.floor(at / 1_000) * 1_000;
    const key = `${second} ${way} ${operation}`;
    const entry = bySecond.get(key) ?? { at: second, operation, way, counts: noCounts() };
    entry.counts[outcome] += 1;
    bySecond.set(key, entry);
  }
  return [...bySecond.values()].sort(
    (left, right) =>
      left.at - right.at ||
      left.way.localeCompare(right.way) ||
      operations.indexOf(left.operation) - operations.indexOf(right.operation),
  );
}
