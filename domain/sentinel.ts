/**
 * What a sentinel does inside its site. It needs nobody's leave to stop: isolated, or without its lock, the application goes down.
 * To start again it needs to know that the site was not fenced meanwhile.
 */
import type { SettledNetwork } from './isolation';
import type { EpochMs } from './time';

export type DownBecause = 'isolated' | 'withoutLock';

/** What it remembers across a restart: it starts nothing that it has not stopped itself. */
export interface SentinelMemory {
  /** It stopped the site, or was about to; and whether the site was read to be fenced since, and not to be free again. */
  down?: { because: DownBecause; since: EpochMs; fenced?: true };
}

/** What the pair's run says of the site. */
export type FenceKnowledge =
  | { known: 'notFenced' }
  /** It is out on purpose: whoever brings it back starts it. */
  | { known: 'fenced'; says: string }
  /** Temporal, or a worker, did not answer. */
  | { known: 'nothing'; says: string };

const sentinelDeeds = {
  SentinelStoppedSite: 'was stopped',
  SentinelStartedSite: 'was started again',
  SentinelKeepsSiteDown: 'is kept down',
} as const;

/** What a sentinel says of its site by an alert of this name; `undefined` where the alert is one. */
export function sentinelDeed(alertname: string): string | undefined {
  return Object.entries(sentinelDeeds).find(([did]) => did === alertname)?.[1];
}

/** What a sentinel did, told to the pair's run when it can be. */
export interface SentinelNote {
  did: keyof typeof sentinelDeeds;
  site: string;
  at: EpochMs;
}

export interface SentinelFacts {
  network: SettledNetwork;
  /** Whether this process has seen its stop succeed since the site went down. */
  stopped: boolean;
  /** It tried last to stop the site, and failed: what has to be down may run. */
  stopFailed?: boolean;
  /** Just asked; absent while there is nothing to start. */
  fence?: FenceKnowledge;
  /** Whether we hold the pair's lock, for certain; `notUsed` where the sentinel has none. */
  lock: 'held' | 'notHeld' | 'notUsed';
}

export type SentinelNext =
  /** `waits` says what for, where the site is down. */
  | { kind: 'nothing'; waits?: string; releaseLock?: boolean }
  | { kind: 'stop'; because: DownBecause }
  | { kind: 'acquireLock' }
  | { kind: 'start' };

/**
 * Invariants: nothing is started while the network is not settled as connected, without the lock where there is one, or without
 * knowing that the site is not fenced; after an isolation, and of a site that was fenced when that was known last, there is no
 * exception to that. A lock under which nothing may be started is left to the other site.
 */
export function decideSentinel(memory: SentinelMemory, facts: SentinelFacts): SentinelNext {
  const must = mustBeDown(facts);
  if (!memory.down) return must ? { kind: 'stop', because: must } : { kind: 'nothing' };
  if (must && !facts.stopped) return { kind: 'stop', because: memory.down.because };
  const { because } = memory.down;
  if (facts.network !== 'connected') return waiting(networkObstacle[facts.network], facts, because);
  if (facts.lock === 'notHeld') return { kind: 'acquireLock' };
  if (!facts.fence) return { kind: 'nothing', waits: 'it was not asked yet whether the site is fenced' };
  const obstacle = fenceObstacle(facts.fence, memory.down, facts.lock);
  return obstacle === undefined ? { kind: 'start' } : waiting(obstacle, facts, because);
}

/** Whether what the run says of the site is needed to go on. */
export function asksForFence({ down }: SentinelMemory, { network, lock }: SentinelFacts): boolean {
  return down !== undefined && network === 'connected' && lock !== 'notHeld';
}

/** What is remembered of these facts. Of two reasons the graver one stays: after an isolation others may have decided on the site. */
export function rememberFacts({ down }: SentinelMemory, facts: SentinelFacts, now: EpochMs): SentinelMemory {
  const must = mustBeDown(facts);
  if (!down) return must ? { down: { because: must, since: now } } : {};
  const because = must === 'isolated' ? must : down.because;
  const { fence } = facts;
  const fenced = !fence || fence.known === 'nothing' ? down.fenced : fence.known === 'fenced';
  return { down: { because, since: down.since, ...(fenced && { fenced }) } };
}

function mustBeDown({ network, lock }: SentinelFacts): DownBecause | undefined {
  if (network === 'isolated') return 'isolated';
  return lock === 'notHeld' ? 'withoutLock' : undefined;
}

const networkObstacle: Readonly<Record<Exclude<SettledNetwork, 'connected'>, string>> = {
  isolated: 'the network is isolated',
  unsettled: 'it is not settled whether the network is back',
};

function fenceObstacle(
  fence: FenceKnowledge,
  { because, fenced }: NonNullable<SentinelMemory['down']>,
  lock: SentinelFacts['lock'],
): string | undefined {
  if (fence.known === 'notFenced') return undefined;
  if (fence.known === 'fenced') return `the site is fenced: ${fence.says}`;
  // The lock is what decides who is active; a Temporal that is away must not keep both sites of such a service down.
  if (lock === 'held' && because === 'withoutLock' && !fenced) return undefined;
  return `it cannot be known whether the site is fenced: ${fence.says}`;
}

/** A start that failed half-way may have left something running: that is stopped before the lock is freed. So is what a stop did not. */
function waiting(waits: string, { lock, stopped, stopFailed }: SentinelFacts, because: DownBecause): SentinelNext {
  if (stopFailed || (lock === 'held' && !stopped)) return { kind: 'stop', because };
  return { kind: 'nothing', waits, releaseLock: lock === 'held' };
}
