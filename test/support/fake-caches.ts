import type { BackupStatus, ClusterHealth, PushStatus } from '../../domain/observation';
import type { CacheConfiguration } from '../../domain/readiness/facts';
import type { CacheName } from '../../domain/site-pair';
import type { EpochMs } from '../../domain/time';

/** What one site's Infinispan holds in one cache, and where its push stands. */
export interface FakeCache {
  configuration: CacheConfiguration;
  entries: Map<string, string>;
  /** Keys of those with a lifespan, and when each was stored here. */
  expiring: Map<string, EpochMs>;
  backup: BackupStatus;
  push: PushStatus;
  /** Entries stored since the start, local and replicated. */
  stores: number;
  /** A push was cut off, or runs: until it is cancelled here no other one is received. */
  receiving: boolean;
}

/** One site's Infinispan in a fake world. A restart makes a new one. */
export class FakeInfinispan {
  readonly caches: Map<CacheName, FakeCache>;
  cluster: ClusterHealth = 'HEALTHY';

  constructor(
    names: readonly CacheName[],
    readonly startedAt: EpochMs,
    entriesPerCache: number,
  ) {
    this.caches = new Map(names.map((name) => [name, fakeCache(entriesPerCache)]));
  }

  cache(name: CacheName): FakeCache {
    const found = this.caches.get(name);
    if (!found) throw new Error(`this site has no cache ${name}`);
    return found;
  }

  setSize(name: CacheName, size: number): void {
    const { entries } = this.cache(name);
    const added = [...entriesOf(size)].filter(([key]) => !entries.has(key));
    for (const [key, value] of added.slice(0, Math.max(0, size - entries.size))) entries.set(key, value);
    for (const key of [...entries.keys()].slice(size)) entries.delete(key);
  }
}

/** As the caches of a pair should be configured, unless told otherwise. */
export function fakeCache(
  entries: number,
  configuration: CacheConfiguration = {
    transactionMode: 'NON_DURABLE_XA',
    backup: { strategy: 'SYNC', failurePolicy: 'FAIL' },
  },
): FakeCache {
  return {
    configuration,
    entries: entriesOf(entries),
    expiring: new Map(),
    backup: 'online',
    push: 'IDLE',
    stores: entries,
    receiving: false,
  };
}

function entriesOf(count: number): Map<string, string> {
  return new Map(Array.from({ length: count }, (_, index) => [`entry-${index + 1}`, `value ${index + 1}`]));
}
