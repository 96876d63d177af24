/**
 * What people said that goes on counting: `retry`, `confirm` and `release`. Messages are dated by Temporal's clock and everything
 * else by the observing worker's, so a word counts from the assessment on that first saw it, by that one's clock and round.
 */
import type { Lesson } from './learn';
import type { Heeded, Known } from './state';
import type { EpochMs } from './time';

const heededKinds = ['retry', 'confirm', 'release'] as const;

/** Of each word the latest, by what it is about. A state of an older version starts anew: people say it again. */
export function heed({ state, now }: Pick<Lesson, 'state' | 'now'>, known: Known): Known {
  const latest = Math.max(0, ...state.heard.decisions.map(({ at }) => at));
  const { until, said } = known.heeded ?? { until: latest, said: [] };
  const words = state.heard.decisions.flatMap(({ kind, about, epoch, refused, at }): Heeded[] => {
    const heeded = heededKinds.find((one) => one === kind);
    return heeded && !refused && at > until
      ? [{ kind: heeded, about, epoch, at: now, round: state.commands.round }]
      : [];
  });
  if (known.heeded && latest <= until) return known;
  const kept = (said: readonly Heeded[], word: Heeded): readonly Heeded[] => [
    ...said.filter(({ kind, about }) => kind !== word.kind || about !== word.about),
    word,
  ];
  return { ...known, heeded: { until: Math.max(until, latest), said: words.reduce(kept, said).slice(-20) } };
}

/** What was said of that kind so far, or only what was said about one command, is over: only a word that comes from now on counts. */
export function unheed(known: Known, kind: Heeded['kind'], about?: string): Known {
  const { until, said } = known.heeded ?? { until: 0, said: [] };
  const isOver = (word: Heeded): boolean => word.kind === kind && (about === undefined || word.about === about);
  return { ...known, heeded: { until, said: said.filter((word) => !isOver(word)) } };
}

/** The last word of that kind. */
export function heeded({ heeded: words }: Pick<Known, 'heeded'>, kind: Heeded['kind']): Heeded | undefined {
  return words?.said.findLast((word) => word.kind === kind);
}

/** When a person vouched, in this epoch, for what a blocked command was to do. */
export function confirmedAt(
  { heeded: words, epoch }: Pick<Known, 'heeded' | 'epoch'>,
  key: string,
): EpochMs | undefined {
  return words?.said.find((word) => word.kind === 'confirm' && word.about === key && word.epoch === epoch)?.at;
}
