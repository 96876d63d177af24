/* What a sentinel and its watchdog say to each other. */

/** By both clocks of the machine, which all its processes share; whichever comes first. */
export interface WatchdogDeadline {
  /** `process.hrtime`, in milliseconds. */
  monotonicMs: number;
  now: number;
}

export type ToWatchdog =
  | {
      kind: 'setUp';
      pair: string;
      site: string;
      stop: readonly [program: string, ...rest: string[]];
      start: readonly [program: string, ...rest: string[]];
      stopSeconds: number;
      startSeconds: number;
    }
  | { kind: 'arm'; id: number; deadline: WatchdogDeadline }
  | { kind: 'disarm'; id: number }
  /** It runs the start command as well, so that it can end it: what starts late must not outlive the stop. */
  | { kind: 'start'; id: number }
  | { kind: 'endStart' };

export type FromWatchdog =
  /** The order was taken. */
  | { kind: 'taken'; id: number }
  | { kind: 'started'; id: number }
  | { kind: 'startFailed'; id: number; says: string }
  /** Its time was up, and it has run the stop command; it tries again until that succeeds. */
  | { kind: 'stopped'; because: string };

/** The same in every process of the machine, unlike `performance.now()`. */
export const machineMonotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
