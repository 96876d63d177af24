import { createColors } from 'picocolors';
import { worstOf, type Counts } from './counts';
import { outcomeLabels, outcomes, type Outcome } from './outcome';
import { bucketOf, type Timeline } from './timeline';

type Colours = ReturnType<typeof createColors>;

/** Told apart without colour too. */
const signs: Record<Outcome, string> = { ok: '.', slow: 's', refused: 'X', wrongPasswordLie: 'W', silentlyLost: '!' };
const nothingBegan = ' ';
const stillWaiting = '-';

const painted = (colours: Colours): Record<Outcome, (text: string) => string> => ({
  ok: colours.green,
  slow: colours.yellow,
  refused: colours.red,
  wrongPasswordLie: colours.magenta,
  silentlyLost: colours.cyan,
});

/**
 * The timeline for a terminal: one line per operation, one sign per bucket, the worst outcome of the operations that began
 * in it. As wide as the buckets and the longest label.
 */
export function drawnForTerminal(timeline: Timeline, colours: Colours = createColors()): string {
  const width = Math.max(...timeline.rows.map(({ label }) => label.length), 0);
  const paint = painted(colours);
  const sign = (cell: Counts, waiting = false): string => {
    const worst = worstOf(cell);
    if (worst !== undefined) return paint[worst](signs[worst]);
    return waiting ? stillWaiting : nothingBegan;
  };
  const letters = timeline.marks.map((_, index) => letterOf(index));
  const lines = [
    ...(letters.length > 0 ? [`${' '.repeat(width)}  ${markLine(timeline, letters)}`] : []),
    ...timeline.rows.map(({ label, cells, waiting }) => {
      const drawn = cells.map((cell, index) => sign(cell, waiting[index])).join('');
      return `${label.padEnd(width)}  ${drawn}`.trimEnd();
    }),
    '',
    [
      ...outcomes.map((outcome) => `${paint[outcome](signs[outcome])} ${outcomeLabels[outcome]}`),
      `${stillWaiting} still waiting`,
    ].join('   '),
    `one sign is ${timeline.bucketSeconds} s: the worst that began in it`,
    ...timeline.marks.map(({ what, at }, index) => `${letters[index]}  ${since(timeline, at)} s  ${what}`),
  ];
  return lines.join('\n');
}

/** a to z, then A to Z, then a sign for all that follow. */
function letterOf(index: number): string {
  return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[index] ?? '*';
}

/** Of marks that share a bucket the first one shows. */
function markLine(timeline: Timeline, letters: readonly string[]): string {
  const line = Array.from({ length: timeline.buckets }, () => ' ');
  timeline.marks.forEach(({ at }, index) => {
    const bucket = bucketOf(timeline, at);
    if (line[bucket] === ' ') line[bucket] = letters[index]!;
  });
  return line.join('').trimEnd();
}

function since({ zeroAt }: Timeline, at: number): string {
  const seconds = (at - zeroAt) / 1_000;
  return `${seconds < 0 ? '' : '+'}${seconds.toFixed(1)}`.padStart(7);
}
