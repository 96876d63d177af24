import { duration, type EpochMs } from '../../../domain/time';
import type { ListedRun } from '../../pair-runs';
import type { Colours } from '../output';
import { table } from './table';

interface Asked {
  pair?: string;
  open?: boolean;
  past?: boolean;
  limit: number;
  now: EpochMs;
}

/** One run a line, as they were listed, and how to see more of one. */
export function renderRuns(runs: readonly ListedRun[], asked: Asked, colours: Colours): string {
  if (runs.length === 0) return nothing(asked);
  const head = ['PAIR', 'BEGAN', 'LASTED', 'OUTCOME', 'PHASE', 'INCIDENT'].map((word) => colours.dim(word));
  const rows = runs.map(({ pair, startedAt, closedAt, outcome, phase, incident }) => [
    pair,
    `${startedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    duration(Math.max(0, (closedAt?.getTime() ?? asked.now) - startedAt.getTime())),
    outcome === 'open' ? colours.bold(outcome) : outcome,
    phase ?? '-',
    incident ?? '-',
  ]);
  const more = runs.length === asked.limit ? [`The first ${runs.length}; for more add --limit <n>.`] : [];
  return [table([head, ...rows]), ...more, 'More of one: sitewarden report <pair> <incident>'].join('\n');
}

function nothing({ pair, open, past }: Asked): string {
  const which = open ? 'open run' : past ? 'run that ended' : 'run';
  const of = pair === undefined ? '' : ` of ${pair}`;
  return `Temporal knows no ${which}${of}. It forgets closed runs after its retention; their reports are in the archive.`;
}
