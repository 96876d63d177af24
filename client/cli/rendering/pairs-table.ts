import type { Colours } from '../output';
import { table } from './table';

/** What tells one configured pair from another. */
export interface PairSettings {
  pair: string;
  sites: readonly string[];
  accelerator: string;
  mode: string;
  preferredSite?: string;
  configHash: string;
}

export function renderPairs(pairs: readonly PairSettings[], colours: Colours): string {
  const head = ['PAIR', 'SITES', 'ACCELERATOR', 'MODE', 'PREFERRED', 'CONFIG'];
  const rows = pairs.map(({ pair, sites, accelerator, mode, preferredSite, configHash }) => [
    pair,
    sites.join(', '),
    accelerator,
    mode === 'act' ? mode : colours.yellow(mode),
    preferredSite ?? '-',
    configHash,
  ]);
  return table([head.map((word) => colours.dim(word)), ...rows]);
}
