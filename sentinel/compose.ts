import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { workloadCommands, type PairConfig, type SentinelConfig, type SiteConfig } from '../config';
import { leasePlan } from '../domain/lease';
import { createNetworkGateway } from '../gateways/network';
import type { LockManager } from '../gateways/ports';
import { createExecWorkload } from '../gateways/workload';
import type { Closer } from '../runtime/shutdown';
import { Guard } from './guard';
import type { SentinelJournal } from './journal';
import { LeaseKeeper } from './lease-keeper';
import type { SiteSwitch } from './sentinel';
import { WatchdogProcess } from './watchdog-process';
import { timeUp } from '../runtime/time-up';

export interface SentinelOf {
  pair: PairConfig;
  site: SiteConfig;
  sentinel: SentinelConfig;
}

/** @throws Error when a CA file cannot be read, naming it. */
export function networkOf({ network }: SentinelConfig) {
  return createNetworkGateway({ ...network, key: 'sentinel.network', ca: readPem(network.ca) });
}

/** What the sentinel stops and starts; with a guard its watchdog runs the start. */
export function switchOf(
  { pair, site, sentinel }: SentinelOf,
  guard: Guard | undefined,
): SiteSwitch & Pick<Closer, 'close'> {
  if (sentinel.onIsolation === 'lbCheck') {
    const nothingElse = async () => undefined;
    return { stop: nothingElse, start: nothingElse, close: nothingElse };
  }
  const { stop, start, timeoutSeconds } = commandsOf(site);
  const stopSeconds = sentinel.lock?.stopSeconds ?? timeoutSeconds;
  const options = {
    pair: pair.name,
    site: site.name,
    commands: { stop, start },
    timeoutSeconds,
    environment: process.env,
  };
  const workload = createExecWorkload(options);
  const commandId = `sentinel/${site.name}`;
  return {
    stop: async () => void (await workload.stop({ commandId, signal: timeUp(stopSeconds * 1_000) })),
    start: async (signal) => void (await (guard ? guard.start(signal) : workload.start({ commandId, signal }))),
    close: () => workload.close(),
  };
}

/** The lock that an active/passive application runs under, and its watchdog; nothing where none is configured. */
export function guardOf(
  { pair, site, sentinel }: SentinelOf,
  with_: { locks: LockManager; journal: SentinelJournal; elapsedMs: () => number; wake: () => void },
): Guard | undefined {
  const { lock } = sentinel;
  if (!lock) return undefined;
  const { locks, journal, elapsedMs, wake } = with_;
  const plan = leasePlan(lock);
  const { stop, start, timeoutSeconds: startSeconds } = commandsOf(site);
  const keeper: LeaseKeeper = new LeaseKeeper({
    ...{ locks, plan, elapsedMs },
    ask: {
      name: `sitewarden/${pair.name}/active`,
      // Of this process alone: another one of the same site may not run the application beside it.
      owner: `${site.name}@${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
      leaseSeconds: lock.leaseSeconds,
    },
    onLease: () => {
      journal.over('renewal');
      guard.arm().catch(() => keeper.giveUp('the watchdog does not answer'));
    },
    onLost: (why) => {
      journal.warn(`The lock is lost: ${why}`);
      wake();
    },
    onRenewalFailed: (error) =>
      journal.news('renewal', `The lease could not be renewed; it is tried again: ${(error as Error).message}`, 'warn'),
  });
  const watchdog = new WatchdogProcess({
    setUp: { pair: pair.name, site: site.name, stop, start, startSeconds, stopSeconds: lock.stopSeconds },
    onFired: (why) => keeper.giveUp(why),
  });
  const guard = new Guard(keeper, watchdog, { plan, elapsedMs });
  return guard;
}

function commandsOf(site: SiteConfig) {
  const commands = workloadCommands(site.workload);
  if (!commands) throw new Error(`Nothing is configured to stop and start the application of ${site.name}.`);
  return commands;
}

/** @param reference `file:<path>`, made absolute by the configuration. */
export function readPem(reference: string | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const path = reference.replace(/^file:/, '');
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`The file ${path} cannot be read. Put the PEM there, or correct the path.`, { cause });
  }
}
