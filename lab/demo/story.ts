import Table from 'cli-table3';
import type { Comparison } from '../../domain/comparison';
import type { ClientPopulation } from '../clients';
import type { Incident, Milestone, Proof } from './incident';

/** Tells what happens, each line with the seconds since the demo began. */
export class Story {
  readonly #startedAt = performance.now();

  tell(line: string): void {
    console.log(`[${((performance.now() - this.#startedAt) / 1_000).toFixed(1).padStart(5)} s] ${line}`);
  }

  milestone({ what, seconds }: Milestone): void {
    this.tell(`  + ${seconds.toFixed(2).padStart(5)} s after the cut: ${what}`);
  }
}

const plain = { style: { head: [], border: [] } };

/** Seconds from the cut to everything that followed, and what clients felt of it. */
export function milestonesTable({ milestones, cutAt }: Incident, clients: ClientPopulation): string {
  const table = new Table({ head: ['since the cut', 'what', 'known by'], ...plain });
  for (const { seconds, what, knownBy } of milestones) table.push([`${seconds.toFixed(2)} s`, what, knownBy]);
  const { logins, refused, slow, felt, refusals } = clients.summary({ since: new Date(cutAt), connections: 'new' });
  const reasons = Object.entries(refusals).map(([why, count]) => `${why}: ${count}`);
  table.push([
    felt ? `${((felt.to.getTime() - cutAt) / 1_000).toFixed(2)} s` : '-',
    felt ? 'last new login that was refused or slow' : 'no new login was refused or slow',
    `clients: ${refused} refused, ${slow} slow of ${logins}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`,
  ]);
  return table.toString();
}

export function proofsTable(proofs: readonly Proof[]): string {
  const table = new Table({ head: ['proof', 'holds', 'found'], ...plain });
  for (const { what, holds, found } of proofs) table.push([what, holds ? 'yes' : 'NO', found]);
  return table.toString();
}

/** What an approval would discard, as the run compared it: per cache, before anything is cleared. */
export function comparisonTable({ keepSite, staleSite, caches }: Comparison): string {
  const head = ['cache', `on ${keepSite}`, `on ${staleSite}`, `only on ${keepSite}`, `only on ${staleSite}`, 'differ'];
  const table = new Table({ head, ...plain });
  for (const [cache, found] of Object.entries(caches)) {
    const told = (count: number, bounded: unknown) => (bounded ? `at least ${count}` : count);
    const lost = [found.onlyOnStale, found.differing].map((count) => told(count, found.uncounted));
    table.push([cache, found.keepEntries, found.staleEntries, told(found.onlyOnKeep, found.atLeast), ...lost]);
  }
  return table.toString();
}
