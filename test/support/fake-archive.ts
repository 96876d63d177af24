import { OperatingFailure } from '../../domain/failure-types';
import { chained, type Archive } from '../../gateways/archive';
import type { Shelf } from '../../gateways/archive/shelf';

export interface FakeArchive extends Archive {
  /** What lies there, by pair and name; a test may change it. */
  readonly shelves: ReadonlyMap<string, Map<string, string>>;
  /** While true nothing can be read or written. */
  down: boolean;
}

/** An archive in memory. */
export function fakeArchive(): FakeArchive {
  const shelves = new Map<string, Map<string, string>>();
  const shelfOf = (pair: string) => {
    const shelf = shelves.get(pair) ?? new Map<string, string>();
    shelves.set(pair, shelf);
    return shelf;
  };
  const answers = (signal: AbortSignal) => {
    if (!archive.down && !signal.aborted) return;
    throw new OperatingFailure('ArchiveUnavailable', 'as the test asked', { retryable: true });
  };
  const shelf: Shelf = {
    async names(pair, signal) {
      answers(signal);
      return [...shelfOf(pair).keys()];
    },
    async read(pair, name, signal) {
      answers(signal);
      return shelfOf(pair).get(name) ?? '';
    },
    async put(pair, name, text, signal) {
      answers(signal);
      if (shelfOf(pair).has(name)) return false;
      shelfOf(pair).set(name, text);
      return true;
    },
    locationOf: (pair, name) => `memory:${pair}/${name}`,
    close: () => undefined,
  };
  const archive: FakeArchive = { ...chained(shelf), shelves, down: false };
  return archive;
}
