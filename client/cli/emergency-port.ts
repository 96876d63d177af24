import type { Command } from '../../domain/command';
import type { Observation } from '../../domain/observation';
import type { Refusal } from '../../domain/refusals';
import type { FencePlan } from '../../domain/rehearse';
import type { Roles } from '../../domain/state';
import type { EpochMs } from '../../domain/time';
import type { Verdict } from '../../domain/verdict';

/** What `emergency` asks of both sites, without Temporal. worker/emergency.ts keeps these promises; clients know no gateway. */
export interface Emergency {
  look(fence: { site: string; by: string }): Promise<EmergencyLook>;
  /** @throws Error when the journal cannot be opened; then nothing was sent. */
  perform(request: EmergencyRequest): Promise<EmergencyEnd>;
  close(): Promise<void>;
}

export interface EmergencyLook {
  observation: Observation;
  verdict: Verdict;
  plan: FencePlan;
  notRead: readonly { what: string; type: string; message: string }[];
}

export interface EmergencyRequest {
  site: string;
  by: string;
  reason: string;
  withinSeconds: number;
  stop: AbortSignal;
  journalFile: string;
  circumstances: unknown;
  tell: (at: EpochMs, what: string) => void;
}

export interface EmergencyEnd {
  outcome: 'fenced' | 'refused' | 'asks' | 'stopped' | 'timeUp' | 'journalLost';
  says: string;
  refusal?: Refusal;
  incident: string;
  roles?: Roles;
  provedSince?: EpochMs;
  drainUntil?: EpochMs;
  mayStillLandUntil?: EpochMs;
  commands: readonly { commandId: string; command: Command; outcome: string; said: string; sent: boolean }[];
  findings: readonly string[];
  /** Why the journal is incomplete, if it is. */
  journalTrouble?: string;
  observation: Observation;
  verdict: Verdict;
}
