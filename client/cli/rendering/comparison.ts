/** What a comparison of both sites found, cache by cache. */
import { discards, isDiscardBounded, isEqual, type CacheComparison, type Comparison } from '../../../domain/comparison';
import { count } from '../../../domain/progress';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import type { RunStatus } from '../../../workflows/contract/inputs';
import type { Colours } from '../output';
import { line } from './line';
import { table } from './table';

/** Nothing where the run compared nothing yet. */
export function comparisonLines({ comparison, epoch }: RunStatus, now: EpochMs, colours: Colours): string[] {
  if (!comparison) return [];
  const { endedAt, keepSite, staleSite } = comparison;
  const ago = duration(Math.max(0, now - endedAt));
  const old = comparison.epoch === epoch ? '' : colours.yellow(' It counts no more: the site was fenced again since.');
  const when = `${clockTime(endedAt)} (${ago} ago), ${keepSite} with ${staleSite}, by every key and value.${old}`;
  const rows = comparisonTable(comparison, colours).split('\n');
  return [line('compared', when), ...rows.map((row) => line('', row)), line('', sayDiscards(comparison, colours))];
}

function comparisonTable({ keepSite, staleSite, caches }: Comparison, colours: Colours): string {
  const head = ['CACHE', keepSite, staleSite, `ONLY ${keepSite}`, `ONLY ${staleSite}`, 'DIFFERING', ''];
  const rows = Object.entries(caches).map(([cache, found]) => [cache, ...cellsOf(found, colours)]);
  return table([head.map((word) => colours.dim(word.toUpperCase())), ...rows]);
}

function cellsOf(found: CacheComparison, colours: Colours): string[] {
  const { keepEntries, staleEntries, onlyOnKeep, onlyOnStale, differing, atLeast, uncounted = 0 } = found;
  const bounded = [
    sayCount(onlyOnKeep, atLeast),
    ...[onlyOnStale, differing].map((number) => sayCount(number, uncounted > 0)),
  ];
  const equal = isEqual({ caches: { found } });
  const said = equal ? colours.green('every key and value equal') : colours.yellow('not equal');
  return [count(keepEntries), count(staleEntries), ...bounded, said];
}

/** Counting ends at a bound; what is beyond it is said to be. */
function sayCount(number: number, atLeast: boolean | undefined): string {
  return atLeast ? `at least ${count(number)}` : count(number);
}

function sayDiscards(comparison: Comparison, colours: Colours): string {
  const { keepSite, staleSite, caches } = comparison;
  if (isEqual(comparison))
    return colours.green(`Both sites are equal: ${staleSite} holds nothing that ${keepSite} lacks.`);
  const lost = discards(comparison);
  const atMost = isDiscardBounded(caches) ? 'at most ' : '';
  const entries = `${atMost}${count(lost)} ${lost === 1 ? 'entry' : 'entries'}`;
  return colours.yellow(
    `A synchronize discards ${entries} of ${staleSite}: keys that only it has, and its values that differ.`,
  );
}
