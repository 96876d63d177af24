import { hostname } from 'node:os';
import { NativeConnection, Worker } from '@temporalio/worker';
import { notObserved } from '../../activities/reading';
import { createSee, type ObserverActivities } from '../../activities/see';
import { listenAddress, temporalConnect, type Environment, type SitewardenConfig } from '../../config';
import { createCredentialSource } from '../../gateways/secrets';
import { listenAt } from '../../runtime/http-server';
import { createLogger, type LogLevel } from '../../runtime/logging';
import { createMetrics } from '../../runtime/metrics';
import { createSecretMetrics } from '../../runtime/secret-metrics';
import { closeOnSignal } from '../../runtime/shutdown';
import { temporalAnswers } from '../../runtime/temporal-connection';
import { observerQueue } from '../../workflows/contract/task-queues';
import { createWorkerHealth } from '../health';
import { installSdkRuntime } from '../sdk-runtime';
import { composeNetwork, composeViews, type ObservedPair } from './compose';
import { registerObserverGauges } from './gauges';
import { createObserverJournal, type ObserverJournal } from './journal';
import { look } from './look';
import { repeat } from './repeat';
import { PairWatch, type Waking } from './watch';

/** How long Temporal may take to answer a health probe. */
const temporalWithinMs = 1_000;

/** A question is answered by then, or is over. */
const shutdownGraceTime = '3 seconds';

export interface RunObserverOptions {
  config: SitewardenConfig;
  env: Environment;
  logLevel?: LogLevel;
  name: string;
  /** Opened only where a pair has it watch by itself. */
  openWaking: (process: string) => Waking & { close(): Promise<void> };
}

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };

/**
 * The observer's process: answers workers on its own queue, and watches by itself where it is told to. It holds no right to
 * change anything. Resolves when it was asked to stop, or lost its worker, and everything is closed.
 * @throws Error when no pair names it, ping cannot be used, Temporal cannot be reached, a CA file is missing, or the health address is
 * taken.
 */
export async function runObserver({ config, env, logLevel, name, openWaking }: RunObserverOptions): Promise<void> {
  const logger = createLogger({ process: 'observer', level: logLevel }).child({ observer: name });
  installSdkRuntime({ logger, metricsListen: undefined, monotonicMs: clock.monotonicMs });
  const registry = createMetrics('observer');
  const { journal: secretJournal, show } = createSecretMetrics({ logger, registry, clock: clock.now });
  const source = createCredentialSource({
    clock: clock.now,
    env,
    awsRegion: config.aws.region,
    journal: secretJournal,
  });
  show(() => source.ages());
  const journal = createObserverJournal({ logger, registry, observer: name });
  const ownNetwork =
    config.observer.network && composeNetwork(config.observer.network, { clocks: clock, onRound: journal.round });
  const network = ownNetwork?.read ?? (() => notObserved<'connected' | 'isolated'>(clock.now()));
  const { observed, closers } = composeViews(config, { name, source, network });
  // Before anything else: a ping that cannot be carried out must not be found out in an outage.
  const obstacles = (await ownNetwork?.obstacles()) ?? [];
  if (obstacles.length > 0) throw new Error(obstacles.join(' '));
  const stopFreshening = source.keepFresh(secretsOf(config, observed));
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const connection = await NativeConnection.connect(connectionOptions);
  const taskQueue = observerQueue(name);
  const worker = await Worker.create({
    connection,
    namespace,
    identity: `sitewarden-observer-${name}@${hostname()}:${process.pid}`,
    taskQueue,
    activities: activitiesOf(observed, journal),
    shutdownGraceTime,
  });
  const health = createWorkerHealth({
    logger,
    registry,
    queues: () => ({ [taskQueue]: worker.getState() }),
    temporalAnswers: () => temporalAnswers(connection, temporalWithinMs),
    untilThen: 'Until then this observer says nothing, which speaks for nobody. Look at the log, and at Temporal.',
  });
  const address = await listenAt(health, listenAddress(config.observer.health.listen), 'observer.health.listen');
  const running = worker.run();
  ownNetwork?.start();
  registerObserverGauges({
    ...{ registry, observer: name, pairs: observed.map(({ pair }) => pair.name) },
    polls: () => worker.getState() === 'RUNNING',
  });
  const watching = watchPairs(observed, { name, journal, openWaking });
  const { finished, stop } = closeOnSignal({
    logger,
    closers: [
      ...watching.closers,
      ...(ownNetwork ? [{ name: 'network check', close: () => ownNetwork.close() }] : []),
      { name: 'worker', close: () => shutDown(worker, running) },
      { name: 'health page', close: () => health.close() },
      { name: 'connection to Temporal', close: () => connection.close() },
      ...closers,
      { name: 'secrets', close: async () => stopFreshening() },
    ],
  });
  // Without its worker it would be mute, and look alive: a supervisor starts it anew.
  running.then(stop, stop);
  const pairs = observed.map(({ pair }) => pair.name);
  logger.info(
    { address, pairs, watches: watching.pairs },
    `Observing ${pairs.join(', ')}; health page at ${address}/readyz.`,
  );
  await finished;
  await running;
}

function activitiesOf(observed: readonly ObservedPair[], journal: ObserverJournal): ObserverActivities {
  const views = new Map(observed.map(({ pair, view }) => [pair.name, view]));
  const see = createSee({ views, clock, journal });
  return {
    see: async (input) => {
      journal.answered({
        pair: views.has(input.pair) ? input.pair : '',
        outcome: views.has(input.pair) ? 'told' : 'PairUnknown',
      });
      return see(input);
    },
  };
}

function watchPairs(
  observed: readonly ObservedPair[],
  { name, journal, openWaking }: { name: string; journal: ObserverJournal } & Pick<RunObserverOptions, 'openWaking'>,
) {
  const watched = observed.flatMap((one) => (one.watch ? [{ ...one, watch: one.watch }] : []));
  if (watched.length === 0) return { pairs: [], closers: [] };
  const waking = openWaking(`sitewarden-observer-${name}`);
  const watches = watched.map((one) => {
    const { everySeconds, confirmations } = one.watch;
    const looking = () => look(one, { clock, journal });
    const watch = new PairWatch({
      observer: name,
      pair: one.pair,
      confirmations,
      look: looking,
      waking,
      journal,
      clock,
    });
    return repeat(everySeconds * 1_000, () => watch.round());
  });
  const closers = [
    { name: 'watch', close: () => Promise.all(watches.map((watch) => watch.stop())) },
    { name: 'way to the runs', close: () => waking.close() },
  ];
  return { pairs: watched.map(({ pair }) => pair.name), closers };
}

async function shutDown(worker: Worker, running: Promise<unknown>): Promise<void> {
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
}

/** References to what the gateways present, of the pairs that this observer looks at. */
function secretsOf({ sitePairs }: SitewardenConfig, observed: readonly ObservedPair[]): string[] {
  const names = observed.map(({ pair }) => pair.name);
  const mine = sitePairs.filter((pair) => names.includes(pair.name));
  return mine.flatMap(({ sites }) => sites.map(({ infinispan }) => infinispan.credentials.secret));
}
