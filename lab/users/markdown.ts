import { countsInWords, totalOf, worstOf, type Counts } from './counts';
import { spanOf } from './in-words';
import type { Timeline } from './timeline';

/** What users felt, phase by phase: a line per phase, a column per operation, with the median in milliseconds. */
export function markdownTable({ rows, phases, zeroAt }: Timeline): string {
  const head = ['phase', ...rows.map(({ label }) => label)];
  const lines = phases.map((phase) => [
    `**${escaped(phase.what)}**, ${spanOf(phase, zeroAt)}`,
    ...phase.rows.map(({ counts, medianMs }) => cell(counts, medianMs)),
  ]);
  return markdown([head.map(escaped), ...lines]);
}

/** Several timelines that begin with the same mark, side by side: what each operation came to from then on, in bold where it failed. */
export function comparisonTable(timelines: Readonly<Record<string, Timeline>>): string {
  const labels = [...new Set(Object.values(timelines).flatMap(({ rows }) => rows.map(({ label }) => label)))];
  const lines = labels.map((label) => [
    label,
    ...Object.values(timelines).map(({ rows }) => sinceZeroCell(rows.find((row) => row.label === label)?.sinceZero)),
  ]);
  const [first] = Object.values(timelines).flatMap(({ marks }) => marks);
  return markdown([[`from the ${first?.what ?? 'beginning'} on`, ...Object.keys(timelines)], ...lines]);
}

function sinceZeroCell(counts?: Counts): string {
  if (counts === undefined || totalOf(counts) === 0) return '-';
  const failed = totalOf(counts) > counts.ok + counts.slow;
  return failed ? `**${countsInWords(counts)}**` : countsInWords(counts);
}

function cell(counts: Counts, medianMs: number): string {
  if (totalOf(counts) === 0) return '-';
  const text = countsInWords(counts);
  const took = medianMs < 1_000 ? `${Math.round(medianMs)} ms` : `${(medianMs / 1_000).toFixed(1)} s`;
  return `${worstOf(counts) !== 'ok' ? `**${text}**` : text} (${took})`;
}

function markdown([head = [], ...lines]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function escaped(text: string): string {
  return text.replace(/\|/g, '\\|');
}
