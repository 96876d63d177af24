import type { Command } from 'commander';
import type { SitewardenConfig } from '../../../config';
import { candidates, type Candidate, type KnownNames } from './candidates';
import { shells, type Shell } from './scripts';

/** The question of a completion script, where the command line is one: it is not for commander, as it holds any words. */
export function completionAsked(args: readonly string[]): { shell: Shell; words: readonly string[] } | undefined {
  const [command, named, dashes, ...words] = args;
  const shell = shells.find((one) => one === named);
  return command === 'completion' && shell && dashes === '--' ? { shell, words } : undefined;
}

/**
 * One candidate a line, as the shell wants it. Never throws: somebody is typing, and a configuration that cannot be read
 * only has no names to offer.
 */
export function completionAnswer(
  program: Command,
  { shell, words }: { shell: Shell; words: readonly string[] },
  load: (file: string | undefined) => SitewardenConfig,
): string {
  const named = namesOf(() => load(configFile(words)));
  return candidates(program, words, named)
    .map((candidate) => `${forShell(shell, candidate)}\n`)
    .join('');
}

function forShell(shell: Shell, { word, description = '' }: Candidate): string {
  if (shell === 'bash' || description === '') return shell === 'zsh' ? escaped(word) : word;
  return shell === 'zsh' ? `${escaped(word)}:${description}` : `${word}\t${description}`;
}

/** A colon ends the word for zsh. */
const escaped = (word: string): string => word.replaceAll(':', '\\:');

function configFile(words: readonly string[]): string | undefined {
  const assigned = words.find((word) => word.startsWith('--config='))?.slice('--config='.length);
  const flag = words.indexOf('--config');
  const [next, afterNext] = flag < 0 ? [] : words.slice(flag + 1);
  return assigned ?? (next === '=' ? afterNext : next);
}

function namesOf(load: () => SitewardenConfig): KnownNames {
  const pairs = (): SitewardenConfig['sitePairs'] => {
    try {
      return load().sitePairs;
    } catch {
      return [];
    }
  };
  return {
    pairs: () => pairs().map(({ name }) => name),
    observers: () => [...new Set(pairs().flatMap(({ observers = [] }) => observers.map(({ name }) => name)))],
    sites: (pair) => {
      const all = pairs();
      const asked = all.filter(({ name }) => name === pair);
      const sites = (asked.length > 0 ? asked : all).flatMap((one) => one.sites.map(({ name }) => name));
      return [...new Set(sites)];
    },
  };
}
