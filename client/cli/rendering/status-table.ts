import type { PairConfig } from '../../../config';
import { known, type Observation } from '../../../domain/observation';
import type { SiteName } from '../../../domain/site-pair';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import { endpointOf, groupsHolding } from '../../../domain/traffic';
import type { RunMemo, RunStatus } from '../../../workflows/contract/inputs';
import type { PairStatus } from '../../site-pair-client';
import type { Colours } from '../output';
import { sayBackups } from './observation';
import { table } from './table';

export interface PairRow {
  pair: PairConfig;
  status: PairStatus;
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
  const lines = rows.map((row) => statusLine(row, now, colours, names === undefined));
  return table([head.map((word) => colours.dim(word)), ...lines]);
}

/** The names of both sites, where every pair calls them the same. */
function siteNames(rows: readonly PairRow[]): readonly string[] | undefined {
  const [first, ...others] = rows.map(({ pair }) => pair.sites.map(({ name }) => name));
  return others.every((names) => names.join() === first?.join()) ? first : undefined;
}

function statusLine({ pair, status }: PairRow, now: EpochMs, colours: Colours, withNames: boolean): string[] {
  const cells = pair.sites.map(({ name }) => {
    const said = status.run === 'open' ? saySite(name, status, colours) : '-';
    return withNames ? `${name}: ${said}` : said;
  });
  switch (status.run) {
    case 'none':
      return [pair.name, 'no run', ...cells, '-', `healthy or never alerted; look: sitewarden observe ${pair.name}`];
    case 'closed': {
      const since = status.closedAt ? duration(now - status.closedAt.getTime()) : '-';
      const last = `the last run ended: ${status.outcome}; nobody guards; look: sitewarden observe ${pair.name}`;
      return [pair.name, 'no run', ...cells, since, last];
    }
    case 'open': {
      const { status: answer, memo } = status;
      const phase = answer?.phase ?? memo?.phase ?? 'starting';
      const since = answer?.provedSince ?? status.startedAt.getTime();
      const paint = answer === undefined ? colours.yellow : phase === 'fenced' ? colours.green : colours.red;
      return [pair.name, paint(phase), ...cells, duration(Math.max(0, now - since)), sayWaiting(answer, memo, colours)];
    }
  }
}

function sayWaiting(answer: RunStatus | undefined, memo: RunMemo | undefined, colours: Colours): string {
  if (answer) return answer.waitingFor ?? '-';
  const recorded = memo ? `; recorded ${clockTime(memo.at)}: ${memo.waitingFor ?? memo.phase}` : '';
  return `${colours.yellow('no worker answers')}${recorded}`;
}

function saySite(site: SiteName, { status, memo }: Extract<PairStatus, { run: 'open' }>, colours: Colours): string {
  if (status?.observation) return sayObserved(site, status.observation, status.roles, colours);
  if (memo?.phase !== 'fenced') return colours.yellow('unknown');
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
