import { totalOf, type Counts } from './counts';
import { inWords } from './in-words';
import { outcomeLabels, outcomes, type Outcome } from './outcome';
import type { Timeline, TimelineRow } from './timeline';

/** Readable on white and on black, and told apart by people who see few colours; the darkest are the worst to be told. */
const fills: Record<Outcome, string> = {
  ok: '#3fa36c',
  slow: '#d9a514',
  refused: '#d1495b',
  wrongPasswordLie: '#9b5de5',
  silentlyLost: '#2f7de1',
};

const waitingFill = '#8c959f';
const waitingHeight = 4;

/** To the right there is room for the words of the last mark. */
const plot = { left: 170, width: 720, right: 130, laneHeight: 30, barHeight: 24 };
const lineHeight = 14;
const margin = 14;

/**
 * The timeline as one SVG file that needs nothing else: a lane per operation, a bar per bucket, as high as many began in
 * it, by outcome; a flat one while somebody waits; a line per mark; the same in words for those who do not see it.
 * The same timeline gives the same text.
 */
export function drawnAsSvg(timeline: Timeline, title: string): string {
  const marksHeight = timeline.marks.length * lineHeight;
  const top = margin + 24 + marksHeight + 6;
  const bottom = top + timeline.rows.length * plot.laneHeight;
  const height = bottom + 56;
  const width = plot.left + plot.width + plot.right;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(inWords(timeline))}</desc>`,
    style,
    `<text class="heading" x="${margin}" y="${margin + 10}">${escaped(title)}</text>`,
    ...timeline.marks.map((mark, index) => markOf(timeline, mark, { y: margin + 32 + index * lineHeight, bottom })),
    ...timeline.rows.map((row, index) => laneOf(timeline, row, top + index * plot.laneHeight)),
    axisOf(timeline, bottom),
    legendAt(bottom + 42),
    '</svg>',
    '',
  ].join('\n');
}

const style = `<style>
text { font: 12px system-ui, sans-serif; fill: #6e7781 }
.heading { font-weight: 600; font-size: 14px }
.mark { stroke: #8c959f; stroke-dasharray: 3 3 }
.axis { stroke: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #adb5bd } }
</style>`;

/** A dashed line through all lanes; each has its words on a line of its own, which later marks begin below. */
function markOf(
  timeline: Timeline,
  { what, at }: Timeline['marks'][number],
  { y, bottom }: { y: number; bottom: number },
): string {
  const x = xOf(timeline, at);
  const words = `${escaped(what)}, ${((at - timeline.zeroAt) / 1_000).toFixed(1)} s`;
  return `<path class="mark" d="M${x} ${y - 9}V${bottom}"/><text x="${round(x + 5)}" y="${y}">${words}</text>`;
}

function laneOf(timeline: Timeline, { label, cells, waiting }: TimelineRow, top: number): string {
  const most = Math.max(...cells.map(totalOf), 1);
  const bottom = top + plot.laneHeight;
  const waits = waiting.map((waits, index) =>
    waits ? boxOf(timeline, { index, top: bottom - waitingHeight, high: waitingHeight }) : '',
  );
  const paths = outcomes.map((outcome) => {
    const bars = cells.map((cell, index) => barOf(timeline, { cell, index, outcome, most, bottom })).join('');
    return bars === '' ? '' : `<path fill="${fills[outcome]}" d="${bars}"/>`;
  });
  return [
    `<text x="${plot.left - 10}" y="${bottom - 8}" text-anchor="end">${escaped(label)}</text>`,
    `<path class="axis" d="M${plot.left} ${bottom}h${plot.width}" opacity=".4"/>`,
    waiting.includes(true) ? `<path fill="${waitingFill}" d="${waits.join('')}"/>` : '',
    ...paths,
  ].join('');
}

interface Bar {
  cell: Counts;
  index: number;
  outcome: Outcome;
  most: number;
  bottom: number;
}

/** One outcome's share of a bar, upon those of the better ones. */
function barOf(timeline: Timeline, { cell, index, outcome, most, bottom }: Bar): string {
  if (cell[outcome] === 0) return '';
  const below = outcomes.slice(0, outcomes.indexOf(outcome)).reduce((sum, better) => sum + cell[better], 0);
  const unit = plot.barHeight / most;
  return boxOf(timeline, { index, top: bottom - (below + cell[outcome]) * unit, high: cell[outcome] * unit });
}

/** A box as wide as a bucket, but for a gap to the next one. */
function boxOf({ buckets }: Timeline, { index, top, high }: { index: number; top: number; high: number }): string {
  const bar = plot.width / buckets;
  const wide = round(bar - Math.min(bar * 0.15, 1));
  return `M${round(plot.left + index * bar)} ${round(top)}h${wide}v${round(high)}h-${wide}z`;
}

/** A number every so many seconds that at most twelve stand there. */
function axisOf(timeline: Timeline, y: number): string {
  const { startedAt, zeroAt, bucketSeconds, buckets } = timeline;
  const spanSeconds = buckets * bucketSeconds;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800].find((one) => spanSeconds / one <= 12) ?? 3_600;
  const first = Math.ceil((startedAt - zeroAt) / 1_000 / step) * step;
  const steps = Math.max(Math.floor((startedAt - zeroAt) / 1_000 + spanSeconds - first), 0);
  const ticks = Array.from({ length: Math.floor(steps / step) + 1 }, (_, index) => first + index * step);
  return ticks
    .map((tick) => {
      const x = xOf(timeline, zeroAt + tick * 1_000);
      return `<path class="axis" d="M${x} ${y}v4"/><text x="${x}" y="${y + 17}" text-anchor="middle">${tick} s</text>`;
    })
    .join('');
}

function legendAt(y: number): string {
  const entries = [
    ...outcomes.map((outcome) => ({ label: outcomeLabels[outcome], fill: fills[outcome], high: 11 })),
    { label: 'still waiting', fill: waitingFill, high: waitingHeight },
  ];
  const widthOf = ({ label }: { label: string }) => 34 + label.length * 6.6;
  return entries
    .map((entry, index) => {
      const x = round(entries.slice(0, index).reduce((sum, before) => sum + widthOf(before), plot.left));
      const { label, fill, high } = entry;
      const box = `<rect x="${x}" y="${y + 1 - high}" width="11" height="${high}" fill="${fill}"/>`;
      return `${box}<text x="${x + 16}" y="${y}">${label}</text>`;
    })
    .join('');
}

function xOf({ startedAt, bucketSeconds, buckets }: Timeline, at: number): number {
  const share = (at - startedAt) / 1_000 / (bucketSeconds * buckets);
  return round(plot.left + Math.min(Math.max(share, 0), 1) * plot.width);
}

/** Short numbers make short files. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
