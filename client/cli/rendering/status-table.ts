import type { PairConfig } from '../../../config';
import { known, type Observation } from '../../../domain/observation';
import { progressOf, sayProgress } from '../../../domain/progress';
import type { Phase } from '../../../domain/state';
import type { SiteName } from '../../../domain/site-pair';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import { endpointOf, groupsHolding } from '../../../domain/traffic';
import type { RunMemo, RunStatus } from '../../../workflows/contract/inputs';
import type { PairStatus } from '../../site-pair-client';
import type { Colours } from '../output';
import { sayBackups } from './observation';
import { phaseColour, phaseWord } from './phase';
import { sayGate } from './question';
import { table } from './table';

export interface PairRow {
  pair: PairConfig;
  status: PairStatus;
}

/** What a line of the table tells of one pair. */
export interface PairCells {
  phase: string;
  /** In the order of the pair's sites. */
  sites: readonly string[];
  since: string;
  waitingFor: string;
}

/** Every pair in one line: phase, both sites, since when, what is waited for. */
export function renderStatusTable(rows: readonly PairRow[], now: EpochMs, colours: Colours): string {
  const names = siteNames(rows);
  const head = [
    'PAIR',
    'PHASE',
    ...(names ?? ['SITE', 'SITE']).map((name) => name.toUpperCase()),
    'SINCE',
    'WAITING FOR',
  ];
  const lines = rows.map((row) => {
    const { phase, sites, since, waitingFor } = cellsOf(row, now, colours);
    const named = names ? sites : withNames(row.pair, sites);
    return [row.pair.name, phase, ...named, since, waitingFor];
  });
  return table([head.map((word) => colours.dim(word)), ...lines]);
}

/** The same of one pair at one moment, but for times that pass: equal as long as nothing changed. */
export function renderStatusLine(row: PairRow, now: EpochMs, colours: Colours): string {
  const { phase, sites, waitingFor } = cellsOf(row, now, colours);
  return [row.pair.name, phase, ...withNames(row.pair, sites), waitingFor].join('  ');
}

/** The names of both sites, where every pair calls them the same. */
function siteNames(rows: readonly PairRow[]): readonly string[] | undefined {
  const [first, ...others] = rows.map(({ pair }) => pair.sites.map(({ name }) => name));
  return others.every((names) => names.join() === first?.join()) ? first : undefined;
}

function withNames(pair: PairConfig, said: readonly string[]): readonly string[] {
  return pair.sites.map(({ name }, index) => `${name}: ${said[index]}`);
}

function cellsOf({ pair, status }: PairRow, now: EpochMs, colours: Colours): PairCells {
  const sites = pair.sites.map(({ name }) => (status.run === 'open' ? saySite(name, status, colours) : '-'));
  const look = `look: sitewarden observe ${pair.name}`;
  switch (status.run) {
    case 'none':
      return { phase: 'no run', sites, since: '-', waitingFor: `healthy or never alerted; ${look}` };
    case 'closed': {
      const since = status.closedAt ? duration(Math.max(0, now - status.closedAt.getTime())) : '-';
      const waitingFor = `the last run ended: ${status.outcome}; nobody guards; ${look}`;
      return { phase: 'no run', sites, since, waitingFor };
    }
    case 'open': {
      const { status: answer, memo } = status;
      const since = answer?.provedSince ?? status.startedAt.getTime();
      return {
        phase: sayPhase(answer, memo, now, colours),
        sites,
        since: duration(Math.max(0, now - since)),
        waitingFor: answer ? sayWaiting(answer, colours) : sayMemo(memo, colours),
      };
    }
  }
}

function sayPhase(answer: RunStatus | undefined, memo: RunMemo | undefined, now: EpochMs, colours: Colours): string {
  // What a run recorded before its worker was gone may be over by now.
  if (((answer ?? memo)?.pausedUntil ?? 0) > now) return colours.yellow('paused');
  if (!answer) return colours.yellow(memo ? phaseWord(memo.phase) : 'starting');
  const { phase } = answer;
  const word = answer.held ? `${phaseWord(phase)}, held` : phaseWord(phase);
  const paint = phaseColour(phase, colours);
  return paint(answer.mode === 'shadow' ? `${word} (shadow)` : word);
}

/** What needs a person stands out. */
function sayWaiting(status: RunStatus, colours: Colours): string {
  const { next, waitingFor } = status;
  const progress = progressOf(status);
  if (next?.kind === 'blocked') return colours.red(`blocked: ${waitingFor ?? next.message}`);
  if (next?.kind === 'ask') return colours.yellow(`asks: ${waitingFor ?? next.question}${sayGate(next)}`);
  return progress ? sayProgress(progress) : (waitingFor ?? '-');
}

function sayMemo(memo: RunMemo | undefined, colours: Colours): string {
  const silent = colours.yellow('no worker answers');
  if (!memo) return silent;
  const needs = memo.blockedBy ? colours.red('blocked: ') : memo.gate ? colours.yellow('asks: ') : '';
  return `${silent}; recorded ${clockTime(memo.at)}: ${needs}${memo.waitingFor ?? memo.phase}`;
}

/** Phases in which the stale site was proved to be out when that was recorded. */
const provedOut: ReadonlySet<Phase> = new Set<Phase>([
  'fenced',
  'clearing',
  'pushing',
  'comparing',
  'reattaching',
  'synchronized',
]);

function saySite(site: SiteName, { status, memo }: Extract<PairStatus, { run: 'open' }>, colours: Colours): string {
  if (status?.observation) return sayObserved(site, status.observation, status.roles, colours);
  if (memo === undefined || !provedOut.has(memo.phase)) return colours.yellow('unknown');
  return site === memo.staleSite ? 'out?' : 'serving?';
}

function sayObserved(site: SiteName, seen: Observation, roles: RunStatus['roles'], colours: Colours): string {
  const { groups } = seen.traffic;
  if (!known(groups)) return colours.yellow('unknown');
  const holding = groupsHolding(groups.value, site);
  if (holding.length > 0) {
    const sick = holding.some((group) => endpointOf(group, site)?.health === 'UNHEALTHY');
    return sick ? colours.red('in, unhealthy') : colours.green('serving');
  }
  return site === roles?.staleSite ? `out, ${sayBackups(seen, roles.keepSite, colours)}` : colours.red('out');
}
