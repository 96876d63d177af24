import { setTimeout as wait } from 'node:timers/promises';
import { afterAttempt, unlessHeldUp, untried, type CheckMemory, type HeuristicState } from '../../domain/heuristics';
import type { Reading } from '../../domain/observation';
import type { EpochMs } from '../../domain/time';
import type { HeuristicsGateway } from '../ports';
import { attempting, type Attempting, type AttemptingOptions, type CheckKind } from './attempts';
import { timeUp } from '../../runtime/time-up';

export interface Check {
  name: string;
  kind: CheckKind;
  /** Between the begins of two attempts; one that takes longer has failed. */
  intervalSeconds: number;
  /** Failures in a row. */
  tko: number;
}

export interface HeuristicsOptions extends AttemptingOptions {
  checks: readonly Check[];
  clock: () => EpochMs;
}

/**
 * Tries the checks of one site, each at its own pace, from the first read until it is closed. How often a check failed in a row
 * is kept in this process: tries go on while no run is open, and after a restart nothing is known until they were made again.
 */
export function createHeuristicsGateway(options: HeuristicsOptions): HeuristicsGateway & { close(): Promise<void> } {
  const closing = new AbortController();
  const watched = options.checks.map(
    (check) => new WatchedCheck(check, attempting(check.kind, options), options.clock),
  );
  let running: readonly Promise<void>[] | undefined;
  return {
    async read(signal) {
      running ??= watched.map((check) => check.watch(closing.signal));
      const ended = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([ended, Promise.all(watched.map(({ tried }) => tried))]);
      return Object.fromEntries(watched.map((check) => [check.name, check.reading()]));
    },

    /** Ends the attempts that are under way, and waits for that. */
    async close() {
      closing.abort();
      await Promise.all(running ?? []);
      await Promise.all(watched.map((check) => check.close()));
    },
  };
}

/** How many intervals may pass without an attempt, as while the process is frozen, before its result is too old. */
const staleAfterIntervals = 3;

class WatchedCheck {
  /** Once the first attempt was made. */
  readonly tried: Promise<void>;
  private wasTried!: () => void;
  private memory: CheckMemory = untried;
  private at: EpochMs | undefined;

  constructor(
    private readonly check: Check,
    private readonly attempting: Attempting,
    private readonly clock: () => EpochMs,
  ) {
    this.tried = new Promise((resolve) => (this.wasTried = resolve));
  }

  get name(): string {
    return this.check.name;
  }

  async watch(closing: AbortSignal): Promise<void> {
    const intervalMs = this.check.intervalSeconds * 1_000;
    while (!closing.aborted) {
      const begunAt = performance.now();
      const attempted = await this.attempting.attempt(AbortSignal.any([closing, timeUp(intervalMs)]));
      if (closing.aborted) break;
      const times = { tookMs: performance.now() - begunAt, withinMs: intervalMs };
      this.memory = afterAttempt(this.memory, unlessHeldUp(attempted, times), this.check.tko);
      this.at = this.clock();
      this.wasTried();
      const leftMs = Math.max(0, begunAt + intervalMs - performance.now());
      await wait(leftMs, undefined, { signal: closing }).catch(() => undefined);
    }
    this.wasTried();
  }

  reading(): Reading<HeuristicState> {
    const now = this.clock();
    const { state } = this.memory;
    const { at = now } = this;
    const isOld = now - at > staleAfterIntervals * this.check.intervalSeconds * 1_000;
    return state === undefined || isOld ? { unknown: 'HeuristicUnknown', at } : { value: state, at };
  }

  close(): Promise<void> {
    return this.attempting.close();
  }
}
