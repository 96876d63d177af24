import type { ConfiguredPair } from '../../activities/dependencies';
import type { ObserverView } from '../../activities/see';
import {
  toSitePair,
  type NetworkConfig,
  type ObserverConfig,
  type PairConfig,
  type SitewardenConfig,
} from '../../config';
import type { NetworkProbe, SettledNetwork } from '../../domain/isolation';
import { createHealthGateway } from '../../gateways/health';
import { createNetworkGateway } from '../../gateways/network';
import { NetworkWatch, staleAfterMs } from '../../gateways/network/watch';
import type { ReplicationGateway, TrafficGateway } from '../../gateways/ports';
import type { CredentialSource } from '../../gateways/secret-ports';
import { elapsedClock, type Clocks } from '../../runtime/elapsed';
import type { Closer } from '../../runtime/shutdown';
import { closerOf, readCa, siteGateways, trafficGateway } from '../compose';
import { timeUp } from '../../runtime/time-up';

/** A pair as one observer looks at it. */
export interface ObservedPair {
  pair: ConfiguredPair['pair'];
  view: ObserverView & { replication: Readonly<Record<string, Pick<ReplicationGateway, 'readView' | 'readBackups'>>> };
  /** Absent where it looks only when it is asked. */
  watch?: ObserverConfig['watch'];
  /** For its own watch alone, and only where something looks like it. */
  traffic?: Pick<TrafficGateway, 'readGroups'>;
}

export interface ComposedViews {
  observed: readonly ObservedPair[];
  closers: readonly Closer[];
}

/**
 * Makes what the observer of that name asks, for every pair that names it. Opens no connection.
 * @param network Whether this place is cut off.
 * @throws Error when no pair names it, or a CA file cannot be read.
 */
export function composeViews(
  config: SitewardenConfig,
  options: { name: string; source: CredentialSource; network: ObserverView['network'] },
): ComposedViews {
  const composed = config.sitePairs.flatMap((pair) => {
    const observer = pair.observers?.find(({ name }) => name === options.name);
    return observer ? [composeView(pair, { observer, ...options })] : [];
  });
  if (composed.length === 0) throw new Error(nobodyOfThatName(config, options.name));
  return {
    observed: composed.map(({ observed }) => observed),
    closers: composed.flatMap(({ closers }) => closers),
  };
}

function composeView(
  config: PairConfig,
  {
    observer,
    source,
    network,
  }: { observer: ObserverConfig; source: CredentialSource; network: ObserverView['network'] },
) {
  const pair = toSitePair(config);
  const { replication, health } = siteGateways(config, source);
  const { accelerator: road, watch } = observer;
  const accelerator =
    road && createHealthGateway({ site: 'the accelerator', url: road.url, ca: readCa(road.ca), connectAnew: true });
  const traffic = watch && trafficGateway(config);
  const named = closerOf(config);
  const observed: ObservedPair = {
    ...{ pair, watch, traffic },
    view: {
      pair: pair.name,
      sites: pair.sites,
      replication: Object.fromEntries(replication),
      health: Object.fromEntries(health),
      accelerator,
      network,
    },
  };
  const closers = [
    ...replication.map(([site, gateway]) => named(`Infinispan of ${site}`, gateway)),
    ...health.map(([site, gateway]) => named(`health of ${site}`, gateway)),
    ...(accelerator ? [named('the accelerator', accelerator)] : []),
    ...(traffic ? [named('Global Accelerator', traffic)] : []),
  ];
  return { observed, closers };
}

function nobodyOfThatName({ sitePairs }: SitewardenConfig, name: string): string {
  const names = [...new Set(sitePairs.flatMap(({ observers = [] }) => observers.map((observer) => observer.name)))];
  const known = names.length === 0 ? 'No pair has observers' : `The pairs name ${names.join(', ')}`;
  return `No pair of the configuration names an observer "${name}". ${known}: sitePairs[].observers.`;
}

/** The check of the network around this place. */
export interface OwnNetwork {
  read: ObserverView['network'];
  /** Why it cannot be carried out here, one sentence each; empty when it can. */
  obstacles(): Promise<readonly string[]>;
  start(): void;
  close(): Promise<void>;
}

const obstaclesWithinMs = 5_000;

/** @param onRound Told what each round found, and what the rounds so far come to. */
export function composeNetwork(
  { periodSeconds, timeoutMs, rounds, ca, ...rest }: NetworkConfig,
  { clocks, onRound }: { clocks: Clocks; onRound: (probes: readonly NetworkProbe[], settled: SettledNetwork) => void },
): OwnNetwork {
  const gateway = createNetworkGateway({ ...rest, timeoutMs, key: 'observer.network', ca: readCa(ca) });
  const periodMs = periodSeconds * 1_000;
  let at = clocks.now();
  const watch = new NetworkWatch({
    gateway,
    rules: { rounds, staleAfterMs: staleAfterMs({ periodMs, timeoutMs }) },
    periodMs,
    elapsedMs: elapsedClock(clocks),
    onRound: ({ probes, settled }) => {
      at = clocks.now();
      onRound(probes, settled);
    },
  });
  return {
    read: () => {
      const value = watch.settled();
      return value === 'unsettled' ? { unknown: 'NetworkUnsettled', at: clocks.now() } : { value, at };
    },
    obstacles: () => gateway.readObstacles(timeUp(obstaclesWithinMs)),
    start: () => watch.start(),
    close: async () => {
      await watch.close();
      await gateway.close();
    },
  };
}
