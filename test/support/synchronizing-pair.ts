import { compareSites } from '../../activities/compare/compare-sites';
import type { ConfiguredPair } from '../../activities/dependencies';
import { emptySite, startPush } from '../../activities/effects-synchronize';
import type { Comparison } from '../../domain/comparison';
import type { SitePair } from '../../domain/site-pair';
import type { InfinispanGateway } from '../../gateways/infinispan';
import { labCaches, type InfinispanPair } from '../../lab/infinispan';
import type { InfinispanRest } from '../../lab/infinispan-rest';
import { until } from '../../lab/until';
import { anAttempt } from '../unit/activities/an-attempt';
import { FakeWorld } from './fake-world';
import { pair as domainPair } from './observations';
import { noHurry } from './outcome';

export interface SynchronizingParts {
  pair: InfinispanPair;
  /** By site; `misled` answers as another site than it is said to be. */
  gateways: Record<string, InfinispanGateway>;
}

/** Small chunks, and soon at its wits' end: an error is seen within seconds. */
const stateTransfer = {
  'state-transfer': { 'chunk-size': 16, timeout: 2_000, 'max-retries': 2, 'wait-time': 200 },
};
const json = { 'content-type': 'application/json' };

/**
 * Two real servers between whom the activities of a synchronize are carried out; the traffic director is a fake one, out of
 * which site-b was taken.
 */
export class SynchronizingPair {
  static readonly sending = { commandId: 'pair-1/1/1', signal: noHurry() };
  readonly a: InfinispanGateway;
  readonly b: InfinispanGateway;
  readonly restA: InfinispanRest;
  readonly restB: InfinispanRest;
  readonly lab: InfinispanPair;
  readonly caches: string[] = [...labCaches];
  readonly world = new FakeWorld({ caches: this.caches });
  readonly configured: ConfiguredPair;

  private constructor({ pair, gateways }: SynchronizingParts) {
    this.lab = pair;
    [this.a, this.b] = [gateways['site-a']!, gateways['site-b']!];
    [this.restA, this.restB] = [pair.sites['site-a'].rest, pair.sites['site-b'].rest];
    this.world.removedByOthers('site-b');
    const sitePair: SitePair = { ...domainPair, caches: this.caches };
    this.configured = {
      ...{ pair: sitePair, configHash: 'cafe0000' },
      gateways: { ...this.world.gateways(), replication: { 'site-a': this.a, 'site-b': this.b } },
    };
  }

  /** Both sites are detached, with empty caches. */
  static async begin(parts: SynchronizingParts): Promise<SynchronizingPair> {
    const { sending } = SynchronizingPair;
    const pair = new SynchronizingPair(parts);
    await pair.whole();
    await pair.detach();
    for (const each of pair.caches) {
      await pair.a.clearCache(each, 'site-b', sending);
      await pair.b.clearCache(each, 'site-a', sending);
    }
    return pair;
  }

  /** Whatever a test did: the link is whole, nothing is pushed, both sites are attached. */
  async end(): Promise<void> {
    const { sending } = SynchronizingPair;
    await this.lab.link.heal();
    await this.whole();
    await this.a.cancelPush('site-b', labCaches, sending);
    await this.a.bringBackupOnline('site-b', sending);
    await this.b.bringBackupOnline('site-a', sending);
  }

  whole(): Promise<unknown> {
    return until(() => this.lab.isWhole(), { what: 'both sites see each other', withinSeconds: 30 });
  }

  split(): Promise<unknown> {
    return until(() => this.lab.isSplit(), { what: 'split', withinSeconds: 30 });
  }

  async detach(): Promise<void> {
    await this.a.takeBackupOffline('site-b', SynchronizingPair.sending);
    await this.b.takeBackupOffline('site-a', SynchronizingPair.sending);
  }

  async empty(): Promise<unknown> {
    const keepSiteStartedAt = await this.a.readStartedAt(AbortSignal.timeout(5_000));
    const where = { site: 'site-b', keepSite: 'site-a', keepSiteStartedAt } as const;
    const command = { kind: 'emptySite', ...where, caches: this.caches } as const;
    return emptySite(this.configured, command, anAttempt());
  }

  push(caches: readonly string[] = this.caches): Promise<unknown> {
    const command = { kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches } as const;
    return startPush(this.configured, command, anAttempt());
  }

  /** Until no push is SENDING any more. */
  pushed() {
    return until(
      async () => {
        const statuses = await this.a.readPushes('site-b', this.caches, noHurry());
        return Object.values(statuses).includes('SENDING') ? undefined : statuses;
      },
      { what: 'no push is under way', withinSeconds: 120 },
    );
  }

  async compared(): Promise<Comparison> {
    const sites = { keepSite: 'site-a', staleSite: 'site-b' };
    const command = { kind: 'compareSites', ...sites, caches: this.caches, epoch: 1, afterPush: true } as const;
    const said = await compareSites(this.configured, command, anAttempt());
    return (said as { comparison: Comparison }).comparison;
  }

  async fill(rest: InfinispanRest, cache: string, count: number, value = 'value'): Promise<void> {
    const next = Array.from({ length: count }, (_, index) => `key-${index}`)[Symbol.iterator]();
    const write = async (): Promise<void> => {
      for (const key of next) await rest.put(cache, key, value);
    };
    await Promise.all(Array.from({ length: 24 }, write));
  }

  /** A cache of its own on both sites, for one test. */
  async addCache(name: string, mediaType?: MediaTypes): Promise<{ remove: () => Promise<void> }> {
    await this.makeCache(this.restA, name, 'site-b', mediaType);
    await this.makeCache(this.restB, name, 'site-a', mediaType);
    this.caches.push(name);
    await this.detach();
    const remove = async () => {
      for (const rest of [this.restA, this.restB]) await rest.ask('DELETE', `/caches/${name}`, { timeoutMs: 10_000 });
    };
    return { remove };
  }

  async makeCache(
    rest: InfinispanRest,
    name: string,
    backupSite: string,
    mediaType: MediaTypes = protostream,
  ): Promise<void> {
    const backup = { strategy: 'SYNC', 'failure-policy': 'FAIL', timeout: 4_500, ...stateTransfer };
    const cache = {
      ...{ mode: 'SYNC', statistics: true, encoding: encodingOf(mediaType) },
      backups: { [backupSite]: { backup } },
    };
    await rest.ask('POST', `/caches/${name}`, { body: JSON.stringify({ 'distributed-cache': cache }), headers: json });
  }
}

/** Of keys and values; one for both, or one for each. */
export type MediaTypes = string | { key: string; value: string };

const protostream = 'application/x-protostream';

function encodingOf(mediaType: MediaTypes): object {
  if (typeof mediaType === 'string') return { 'media-type': mediaType };
  return { key: { 'media-type': mediaType.key }, value: { 'media-type': mediaType.value } };
}
