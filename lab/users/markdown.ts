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
  return [head.map(escaped), head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell(counts: Counts, medianMs: number): string {
  if (totalOf(counts) === 0) return '-';
  const text = countsInWords(counts);
  const took = medianMs < 1_000 ? `${Math.round(medianMs)} ms` : `${(medianMs / 1_000).toFixed(1)} s`;
  return `${worstOf(counts) !== 'ok' ? `**${text}**` : text} (${took})`;
}

function escaped(text: string): string {
  return text.replace(/\|/g, '\\|');
}
