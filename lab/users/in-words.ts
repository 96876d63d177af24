import { countsInWords, noCounts, totalOf, type Counts } from './counts';
import { outcomes } from './outcome';
import type { Phase, Timeline } from './timeline';

/** What a timeline shows, for those who do not see it: of every phase the operations that were not all well. */
export function inWords({ phases, zeroAt }: Timeline): string {
  return phases.map((phase) => `${phase.what} (${spanOf(phase, zeroAt)}): ${unwellIn(phase)}.`).join(' ');
}

export function spanOf({ fromAt, toAt }: Phase, zeroAt: number): string {
  const seconds = (at: number) => ((at - zeroAt) / 1_000).toFixed(1);
  return `${seconds(fromAt)} to ${seconds(toAt)} s`;
}

function unwellIn({ rows }: Phase): string {
  const all = totalOf(rows.reduce((sum, { counts }) => added(sum, counts), noCounts()));
  const unwell = rows.filter(({ counts }) => totalOf(counts) > counts.ok);
  if (unwell.length === 0) return `all ${all} operations were ok`;
  const words = unwell.map(
    ({ label, counts }) => `${label} (of ${totalOf(counts)}) ${countsInWords({ ...counts, ok: 0 })}`,
  );
  return words.join('; ');
}

function added(left: Counts, right: Counts): Counts {
  const sum = noCounts();
  for (const outcome of outcomes) sum[outcome] = left[outcome] + right[outcome];
  return sum;
}
