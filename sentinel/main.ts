import { listenAddress, type Environment, type SitewardenConfig } from '../config';
import type { RoundRules } from '../domain/isolation';
import { openLocks } from '../gateways/lock';
import { NetworkWatch, staleAfterMs } from '../gateways/network/watch';
import type { RunKnowledge } from '../gateways/ports';
import { createCredentialSource } from '../gateways/secrets';
import { listenAt } from '../runtime/http-server';
import { elapsedClock } from '../runtime/elapsed';
import { createLogger, type LogLevel } from '../runtime/logging';
import { createMetrics } from '../runtime/metrics';
import { createSecretMetrics } from '../runtime/secret-metrics';
import { closeOnSignal } from '../runtime/shutdown';
import { guardOf, networkOf, readPem, switchOf, type SentinelOf } from './compose';
import { SentinelJournal } from './journal';
import { createSentinelPage } from './page';
import { Sentinel } from './sentinel';
import { StateFile } from './state-file';
import { timeUp } from '../runtime/time-up';

const obstaclesWithinMs = 5_000;
/** Beyond what a stop may take. */
const closeWithinMs = 10_000;

export interface RunSentinelOptions {
  config: SitewardenConfig;
  env: Environment;
  logLevel?: LogLevel;
  pair: string;
  site: string;
  /** What it asks of Temporal; clients know how, and hand it in. */
  runs: RunKnowledge & { close(): Promise<void> };
}

/**
 * The sentinel's process: resolves when it was asked to stop and everything is closed. It needs no Temporal to start, nor to stop its site.
 * @throws Error, in one sentence with what to do, when the site has no sentinel, ping cannot be used, the state file cannot be used, or
 * its address is taken.
 */
export async function runSentinel(options: RunSentinelOptions): Promise<void> {
  const { config, env, logLevel, runs } = options;
  const of = sentinelOf(options);
  const logger = createLogger({ process: 'sentinel', level: logLevel });
  const registry = createMetrics('sentinel');
  const journal = new SentinelJournal(logger, registry, { pair: options.pair, site: options.site });
  const { journal: secretJournal, show } = createSecretMetrics({ logger, registry, clock: Date.now });
  const source = createCredentialSource({ clock: Date.now, env, awsRegion: config.aws.region, journal: secretJournal });
  show(() => source.ages());
  const stopFreshening = source.keepFresh(config.lock?.etcd?.credentials ? [config.lock.etcd.credentials.secret] : []);
  const gateway = networkOf(of.sentinel);
  await assertUsable(gateway);
  const elapsedMs = elapsedClock({ monotonicMs: () => performance.now(), now: Date.now });
  const { periodSeconds, timeoutMs, rounds } = of.sentinel.network;
  const periodMs = periodSeconds * 1_000;
  const rules: RoundRules = { rounds, staleAfterMs: staleAfterMs({ periodMs, timeoutMs }) };
  const network = new NetworkWatch({
    ...{ gateway, rules, elapsedMs, periodMs },
    onRound: (round) => {
      journal.round(round);
      sentinel.wake();
    },
  });
  const locks = of.sentinel.lock && config.lock ? openLocks(config.lock, { source, readPem }) : undefined;
  const guard = locks && guardOf(of, { locks, journal, elapsedMs, wake: () => sentinel.wake() });
  const siteSwitch = switchOf(of, guard);
  const stateFile = new StateFile(of.sentinel.stateFolder, { pair: options.pair, site: options.site });
  const sentinel: Sentinel = new Sentinel({
    ...{ network, guard, siteSwitch, runs, stateFile, journal, elapsedMs },
    site: options.site,
    now: Date.now,
  });
  const page = createSentinelPage({ logger, registry, sentinel });
  const address = await listenAt(page, listenAddress(of.sentinel.listen), 'sentinel.listen');
  network.start();
  sentinel.start();
  const { finished } = closeOnSignal({
    logger,
    withinMs: closeWithinMs + 1_000 * (of.sentinel.lock?.stopSeconds ?? 0),
    closers: [
      { name: 'sentinel', close: () => sentinel.close() },
      { name: 'network check', close: () => network.close() },
      { name: 'page', close: () => page.close() },
      { name: 'commands', close: async () => siteSwitch.close() },
      { name: 'network gateway', close: () => gateway.close() },
      { name: 'locks', close: async () => locks?.close() },
      { name: 'secrets', close: async () => stopFreshening() },
      { name: 'connection to Temporal', close: () => runs.close() },
    ],
  });
  journal.info(`Watching over ${options.site}; its page is at ${address}.`, watched(of));
  await finished;
}

function sentinelOf({ config, pair: pairName, site: siteName }: RunSentinelOptions): SentinelOf {
  const pair = config.sitePairs.find(({ name }) => name === pairName);
  const site = pair?.sites.find(({ name }) => name === siteName);
  if (!pair || !site) throw new Error(`The configuration has no site "${siteName}" of a pair "${pairName}".`);
  if (!site.sentinel) {
    throw new Error(
      `${siteName} has no sentinel in the configuration: add sentinel: { network: { addresses: [...] } } to the site.`,
    );
  }
  if (pair.mode === 'shadow') {
    throw new Error(
      `${pairName} is in shadow mode, in which nothing may be touched: set mode: act, or run no sentinel.`,
    );
  }
  return { pair, site, sentinel: site.sentinel };
}

/** Before anything else: a ping that cannot be carried out must not be found out in an outage. */
async function assertUsable(gateway: ReturnType<typeof networkOf>): Promise<void> {
  const obstacles = await gateway.readObstacles(timeUp(obstaclesWithinMs));
  if (obstacles.length > 0) throw new Error(obstacles.join(' '));
}

function watched({ sentinel: { network, onIsolation, lock } }: SentinelOf): object {
  const { addresses, nic, rounds, periodSeconds } = network;
  return { addresses, urls: network.urls.length, nic, rounds, periodSeconds, onIsolation, lock };
}
