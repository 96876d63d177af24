import Table from 'cli-table3';
import type { Comparison } from './measure';

/** All comparisons as one table. */
export function tableOf(comparisons: readonly Comparison[]): string {
  const table = new Table({ head: ['ratio', 'what', '', 'against', ''], style: { head: [], border: [] } });
  for (const { ratio, what, measured, against, baseline } of comparisons) {
    table.push([{ content: ratioOf(ratio), hAlign: 'right' }, what, measured, against, baseline]);
  }
  return table.toString();
}

/** Two digits that count; more would be noise. */
export function ratioOf(ratio: number): string {
  if (!Number.isFinite(ratio)) return '?';
  return Number(ratio.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 4 });
}
