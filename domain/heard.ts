/** What people and alerts say to a run, as it keeps it. */
import type { AlertMessage } from './alert';
import type { Refusal } from './refusals';
import type { SiteName } from './site-pair';
import type { EpochMs } from './time';

export type Goal = 'protect' | 'fence' | 'synchronize' | 'siteOnline' | 'siteOffline' | 'pause';

/** A person's wish: which goal, and why. `id` is the update's id, so that a repeat is recognised. */
export interface GoalRequest {
  id: string;
  goal: Goal;
  site?: SiteName;
  by: string;
  reason: string;
  /** Of a pause: how long it is to last. */
  forSeconds?: number;
}

export type DecisionKind = 'approve' | 'reject' | 'hold' | 'release' | 'retry' | 'confirm' | 'abort';

/** A human's answer, brake or way out; with who, how it came and why. */
export interface Decision {
  /** Makes a repeat recognisable, also under a later history of the run. */
  id?: string;
  kind: DecisionKind;
  gate?: string;
  plan?: string;
  /** At the gate `keepSite`: the site that is to be kept. Of `confirm`: the site that the word is about. */
  site?: SiteName;
  by: string;
  /** How it came. Only by the API is it proved who `by` is. */
  how: 'api' | 'cli' | 'temporal-ui';
  /** Of whoever decided, as the API proved them. */
  groups?: readonly string[];
  reason?: string;
  /** At the gate `synchronize`: the approval is void if more than so many entries would be discarded. */
  discardAtMost?: number;
}

export interface HeardAlert extends AlertMessage {
  /** Position in the order in which alerts were first heard, from 0. */
  order: number;
  firstHeardAt: EpochMs;
  lastHeardAt: EpochMs;
  timesHeard: number;
}

export interface HeardRequest extends GoalRequest {
  at: EpochMs;
  refused?: Refusal;
}

export interface HeardDecision extends Decision {
  at: EpochMs;
  /** Of `retry` and `confirm`: the key of the command that was blocked. */
  about?: string;
  /** The epoch in which it was taken; in another one it is void. */
  epoch: number;
  refused?: Refusal;
}

/** What message handlers write, and nobody else. */
export interface Heard {
  alerts: Readonly<Record<string, HeardAlert>>;
  requests: readonly HeardRequest[];
  decisions: readonly HeardDecision[];
  /** Stops steps towards online, never a protective one. */
  hold?: { by: string; reason?: string; at: EpochMs };
  abort?: { by: string; reason?: string; at: EpochMs };
  /** A pause that was ended before its time. */
  pauseReleased?: { by: string; at: EpochMs };
  /** Alerts beyond those that a run keeps by name. */
  alertsNotKept?: { count: number; lastAt: EpochMs };
  /** Messages that could not be understood, newest last; kept so that nobody has to wonder where theirs went. */
  oddities: readonly { at: EpochMs; what: string }[];
}
