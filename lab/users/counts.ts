import { outcomeLabels, outcomes, type Outcome, type UserRecord } from './outcome';

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
  return occurred.map((outcome) => `${counts[outcome]} ${outcomeLabels[outcome]}`).join(', ');
}

/** The worst outcome that occurred; absent when nothing did. */
export function worstOf(counts: Counts): Outcome | undefined {
  return outcomes.findLast((outcome) => counts[outcome] > 0);
}
