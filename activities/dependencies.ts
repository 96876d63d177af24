import type { Assessment } from '../domain/assess';
import type { Progress } from '../domain/comparison';
import type { FailureType } from '../domain/failure-types';
import type { Digest } from '../domain/plan';
import type { SiteName, SitePair } from '../domain/site-pair';
import type { RunState } from '../domain/state';
import type { EpochMs } from '../domain/time';
import type { LockManager, PairGateways, TemporalServerGateway } from '../gateways/ports';
import type { ArchiveGateway } from '../gateways/archive-ports';

/** A configured pair with everything needed to look at it and to act on it. */
export interface ConfiguredPair {
  pair: SitePair;
  configHash: string;
  gateways: PairGateways;
  /** Sites one of whose servers is configured at the host at which Temporal is. */
  besideTemporal?: readonly SiteName[];
  /** Keeps other automation out while a run changes something; absent where none is configured. */
  outerLock?: {
    locks: LockManager;
    name: string;
    leaseSeconds: number;
    /** Whether a fence waits for a store of locks that cannot be asked, as all else does. */
    fenceWaits: boolean;
  };
}

export interface Clock {
  now(): EpochMs;
  /** Milliseconds that never jump and go on while the process is stopped; for deadlines. */
  monotonicMs(): number;
}

/** One look of a run at its pair: what the run knew before, and what was made of it. */
export interface Look {
  pair: string;
  before: RunState;
  assessment: Assessment;
  at: EpochMs;
  /** Of the command that runs beside the loop. */
  progress?: Progress;
}

/** What the activities tell about their calls; the worker turns it into log lines and metrics. It never fails. */
export interface Journal {
  readFailed(reading: { pair: string; what: string; type: FailureType; message: string }): void;
  readSucceeded(reading: { pair: string; what: string }): void;
  /** `outcome` is `accepted` or the type of the failure. */
  commandEnded(ended: { pair: string; commandId: string; command: string; outcome: string; message: string }): void;
  /** Told by every attempt: the same look may be told twice, and the run may never see what was told. */
  assessed(look: Look): void;
}

/** The part of it that looking needs. */
export type ReadingJournal = Pick<Journal, 'readFailed' | 'readSucceeded'>;

export interface ActivityDependencies {
  sitePairs: ReadonlyMap<string, ConfiguredPair>;
  clock: Clock;
  digest: Digest;
  journal: Journal;
  archive: ArchiveGateway;
  temporal: TemporalServerGateway;
  /** Our search attributes that the server knows; empty when that cannot be found out. */
  registeredSearchAttributes(): Promise<readonly string[]>;
}
