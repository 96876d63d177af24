import type { FailureType } from '../domain/failure-types';
import type { Digest } from '../domain/plan';
import type { SitePair } from '../domain/site-pair';
import type { EpochMs } from '../domain/time';
import type { PairGateways } from '../gateways/ports';

/** A configured pair with everything needed to look at it and to act on it. */
export interface ConfiguredPair {
  pair: SitePair;
  configHash: string;
  gateways: PairGateways;
}

export interface Clock {
  now(): EpochMs;
  /** Milliseconds that never jump and go on while the process is stopped; for deadlines. */
  monotonicMs(): number;
}

/** What the activities tell about their calls; the worker turns it into log lines and metrics. */
export interface Journal {
  readFailed(reading: { pair: string; what: string; type: FailureType; message: string }): void;
  readSucceeded(reading: { pair: string; what: string }): void;
  /** `outcome` is `accepted` or the type of the failure. */
  commandEnded(ended: { pair: string; commandId: string; command: string; outcome: string; message: string }): void;
}

export interface ActivityDependencies {
  sitePairs: ReadonlyMap<string, ConfiguredPair>;
  clock: Clock;
  digest: Digest;
  journal: Journal;
  /** Our search attributes that the server knows; empty when that cannot be found out. */
  registeredSearchAttributes(): Promise<readonly string[]>;
}
