/** The part of the page that shows a site on its way back: how far it is, what differs, and what was given up. */
import type { CacheComparison, Comparison } from '../domain/comparison';
import { progressOf, sayProgress } from '../domain/progress';
import { clockTime } from '../domain/time';
import type { RunStatus } from './contract/inputs';

type Text = (raw: string) => string;

/** One sentence in bold for a phase of the way back, or of a planned absence; `undefined` in any other. */
export function headlineOfWay({ phase, roles, next, return: back }: RunStatus): string | undefined {
  if (!roles) return undefined;
  const { keepSite, staleSite } = roles;
  switch (phase) {
    case 'clearing':
      return `${keepSite} serves everyone. ${staleSite} is being emptied.`;
    case 'pushing':
      return `${keepSite} serves everyone. ${staleSite} is being filled from it.`;
    case 'comparing':
      return `${keepSite} serves everyone. ${staleSite} is filled; every key and value is being compared.`;
    case 'reattaching':
      return `${keepSite} serves everyone. ${staleSite} compared equal, and is being attached and started.`;
    case 'synchronized':
      return `${keepSite} serves everyone. ${staleSite} replicates both ways and is out of traffic.`;
    case 'admitting':
      return `${staleSite} is on its way back into traffic.`;
    case 'soaking':
      return `Both sites serve. ${staleSite} is watched until ${clockTime(back?.soakUntil ?? 0)}.`;
    case 'goingOffline':
      return `${staleSite} is being taken out of traffic as planned; nothing is detached.`;
    case 'observing':
    case 'fencing':
    case 'fenced':
      return undefined;
    case 'finished':
      if (next?.kind !== 'finish') return undefined;
      if (next.outcome === 'siteOnline') return 'Both sites serve.';
      return next.outcome === 'siteOffline'
        ? `${staleSite} is out of traffic as planned. ${keepSite} serves everyone; nothing is detached.`
        : undefined;
  }
}

export function wayBack(status: RunStatus, text: Text): string {
  const { synchronization: way, comparison, epoch } = status;
  const progress = progressOf(status);
  const shown = comparison?.epoch === epoch ? comparison : undefined;
  const given = way
    ? `**Given up:** ${way.discarded} entries that only ${text(status.roles?.staleSite ?? '')} had, or that differed there, by plan ${way.plan} (${text(way.by.join(', ') || 'by itself, as configured')}, ${clockTime(way.since)}).`
    : '';
  const lines = [
    shown ? comparisonTable(shown, text) : '',
    progress ? `**Progress:** ${text(sayProgress(progress))} (${clockTime(progress.at)})` : '',
    given,
  ];
  return lines.filter((line) => line !== '').join('\n\n');
}

function comparisonTable({ caches, keepSite, staleSite, endedAt }: Comparison, text: Text): string {
  const rows = Object.entries(caches).map(([cache, compared]) => {
    const { keepEntries, staleEntries } = compared;
    return `| ${[text(cache), String(keepEntries), String(staleEntries), difference(compared, text(staleSite))].join(' | ')} |`;
  });
  const head = `| compared ${clockTime(endedAt)} | ${text(keepSite)} | ${text(staleSite)} | |`;
  return [head, '|---|---|---|---|', ...rows].join('\n');
}

function difference(compared: CacheComparison, staleSite: string): string {
  const { onlyOnKeep, onlyOnStale, differing, atLeast, uncounted = 0 } = compared;
  if (onlyOnKeep + onlyOnStale + differing === 0) return 'every key and value equal';
  const lost = `${uncounted > 0 ? 'at least ' : ''}${onlyOnStale} only on ${staleSite}, ${differing} differ`;
  return `${lost}, ${atLeast ? 'at least ' : ''}${onlyOnKeep} missing there`;
}
