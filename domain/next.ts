import { describeCommand, type Command } from './command';
import type { FailureType } from './failure-types';
import type { Refusal } from './refusals';
import type { Gate, SiteName } from './site-pair';

export type { Gate } from './site-pair';
import type { EpochMs } from './time';

/** `siteOnline`: both sites serve again, equal; `siteOffline`: one was taken out as planned. */
export type Outcome =
  'nothingToDo' | 'restored' | 'refused' | 'aborted' | 'pauseOver' | 'shadowed' | 'siteOnline' | 'siteOffline';

export type WayOut = 'retry' | 'confirm' | 'abort';

/** How soon the world is looked at again while nothing can be done: every second, or every five. */
export type Pace = 'fast' | 'slow';

/** Whose approvals count at a gate, and whose count so far. */
export interface Approvals {
  /** How many different people. */
  needed: number;
  /** Whose approvals count so far, as they are named in their decisions. */
  by: readonly string[];
  /** Only members of these groups may decide. */
  from?: readonly string[];
  /** Whoever asked for what is decided, where they may not decide it. */
  requesters?: readonly string[];
  /** `refuse`: a decision counts only if it is proved who decided. */
  unattributed?: 'accept' | 'refuse';
  /** Absent means yes. */
  reasonRequired?: boolean;
}

/** A question to a person. */
export interface Question {
  kind: 'ask';
  gate: Gate;
  question: string;
  /** The plan that an approval has to name: first 8 hex of the SHA-256 of its canonical JSON. */
  plan?: string;
  /** The sites that an approval may name. */
  choices?: readonly SiteName[];
  /** Absent where no answer is taken, and in questions of version 0.1.0: then anybody's counts. */
  approvals?: Approvals;
  /** Since when that plan is asked about. */
  since?: EpochMs;
  /** Until when an approval counts; then the question is asked anew under another plan. */
  expiresAt?: EpochMs;
  /** How often it was asked anew because it had expired, and under which plan it was asked before. */
  expired?: number;
  expiredPlan?: string;
  /** Entries that an approval would discard, as compared; what `discardAtMost` is held against. */
  discards?: number;
  /** What a person can type, without the program's name. Empty when this version takes no answer at that gate. */
  answers: readonly string[];
  /** What to paste into the Temporal UI as the input of the signal `approve`; absent where such a decision does not count. */
  signal?: string;
}

/**
 * What the run does next. Its texts hold no counters, and no times that pass, so that an unchanged situation gives an equal value.
 * A `refuse` or an `ask` leaves the run open and looking; only `finish` ends it.
 */
export type Next =
  | { kind: 'do'; command: Command; because: string }
  | { kind: 'wait'; for: string; until?: EpochMs; pace: Pace }
  | Question
  | { kind: 'refuse'; refusal: Refusal }
  | { kind: 'blocked'; command: Command; type: FailureType; message: string; since: EpochMs; can: readonly WayOut[] }
  | { kind: 'finish'; outcome: Outcome; refusal?: Refusal; report: string };

export function wait(what: string, options: { until?: EpochMs; pace?: Pace } = {}): Next {
  return { kind: 'wait', for: what, until: options.until, pace: options.pace ?? 'fast' };
}

/** While a long command goes on beside the loop. */
export function waitForEnd(command: Command): Next {
  return wait(`the end of: ${describeCommand(command)}`);
}

/** How soon to look again. */
export function paceOf(next: Next): Pace {
  if (next.kind === 'wait') return next.pace;
  return next.kind === 'ask' || next.kind === 'blocked' ? 'slow' : 'fast';
}
