import type { EpochMs } from '../../domain/time';

/** By key digest, the entries that are looked into. */
export type Entries = ReadonlyMap<string, Held>;

export interface Held {
  /** Digest of the value. */
  value: string;
  /** It has a lifespan or an idle time. */
  expires: boolean;
  /** When it was stored there, by the server's clock. */
  created?: EpochMs;
}

/** Both sites' entries, read at about the same time. */
export interface Reading {
  keep: Entries;
  stale: Entries;
}

export interface Differences {
  onlyOnKeep: number;
  /** Without those that expire by themselves. */
  onlyOnStale: number;
  expiring: number;
  differing: number;
}

export const noDifferences: Differences = { onlyOnKeep: 0, onlyOnStale: 0, expiring: 0, differing: 0 };

interface OpenKey {
  keep?: Held;
  stale?: Held;
  staleMoved: boolean;
}

/**
 * Tells differences from live writes, which are seen on one site before the other. A key differs when it differs in two reads
 * apart while the kept site's value stood still between them; and when the kept site's value moves on and on while
 * the stale site's, which ought to follow, never does.
 */
export class Settling {
  /** Keys whose last reading differs, as it was read, and whether the stale site's value was ever seen to move. */
  #open: Map<string, OpenKey>;
  readonly #different = new Map<string, keyof Differences>();

  /** @param pushedAt What only the stale site has, and was stored there later, was not pushed: it differs, though it expires. */
  constructor(
    first: Reading,
    private readonly pushedAt?: EpochMs,
  ) {
    const keys = new Set([...first.keep.keys(), ...first.stale.keys()]);
    this.#open = new Map(
      [...keys]
        .map((key) => [key, { keep: first.keep.get(key), stale: first.stale.get(key), staleMoved: false }] as const)
        .filter(([, { keep, stale }]) => keep?.value !== stale?.value),
    );
  }

  /** Keys that have to be read once more. */
  get open(): ReadonlySet<string> {
    return new Set(this.#open.keys());
  }

  readAgain({ keep, stale }: Reading): void {
    const still = new Map<string, OpenKey>();
    for (const [key, before] of this.#open) {
      const now = { keep: keep.get(key), stale: stale.get(key) };
      if (now.keep?.value === now.stale?.value) continue;
      const staleMoved = before.staleMoved || now.stale?.value !== before.stale?.value;
      if (now.keep?.value === before.keep?.value) this.#different.set(key, kindOf(now, this.pushedAt));
      else still.set(key, { ...now, staleMoved });
    }
    this.#open = still;
  }

  /** Keys whose kept value moved at every reading count as differing only where the stale site's never did. */
  end(): Differences {
    const found = { ...noDifferences };
    for (const kind of this.#different.values()) found[kind] += 1;
    for (const left of this.#open.values()) if (!left.staleMoved) found[kindOf(left, this.pushedAt)] += 1;
    return found;
  }
}

/** So far the servers' clocks and the worker's may be apart. */
const clocksApartMs = 2_000;

function kindOf({ keep, stale }: Pick<OpenKey, 'keep' | 'stale'>, pushedAt = Infinity): keyof Differences {
  if (stale === undefined) return 'onlyOnKeep';
  if (keep !== undefined) return 'differing';
  const isPushed = (stale.created ?? 0) <= pushedAt + clocksApartMs;
  return stale.expires && isPushed ? 'expiring' : 'onlyOnStale';
}
