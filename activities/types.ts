import type { Assessment } from '../domain/assess';
import type { Command } from '../domain/command';
import type { Comparison, Progress } from '../domain/comparison';
import type { Next } from '../domain/next';
import type { Observation } from '../domain/observation';
import type { Finding } from '../domain/readiness';
import type { Mode } from '../domain/site-pair';
import type { RunState } from '../domain/state';
import type { EpochMs } from '../domain/time';
import type { FencePlan } from '../domain/rehearse';
import type { Verdict } from '../domain/verdict';
import type { ArchivedDocument, ArchiveReceipt } from '../gateways/ports';

export interface AssessPairInput {
  pair: string;
  state: RunState;
}

export interface AssessPairResult extends Assessment {
  observation: Observation;
  /** What was read, in one sentence. */
  truth?: string;
  mode?: Mode;
  /** When it was assessed, by the worker's clock. */
  at: EpochMs;
  domainVersion: number;
  /** Of the pair's configuration: a history tells which one its answers rest on. */
  configHash: string;
  /** Which of our search attributes the server knows; only these may be upserted. */
  searchAttributes: readonly string[];
  /** How far the command that runs beside the loop has come, where that could be read. */
  progress?: Progress;
}

export interface WatchInput extends AssessPairInput {
  /** What is being waited for: the watch ends when this is no longer what is next. */
  next: Next;
  /** Tenths of the running command that were shown; the watch ends with the next one. Without it, progress ends no watch. */
  shownTenths?: number;
}

export interface CommandInput<Kind extends Command['kind']> {
  pair: string;
  /** `<incident>/<epoch>/<round>` */
  commandId: string;
  command: Extract<Command, { kind: Kind }>;
}

/** The call was accepted. It proves nothing: only a later read does. */
export interface CommandAccepted {
  at: EpochMs;
  /** What the other side said, in one line. */
  said: string;
  /** What `compareSites` found. */
  comparison?: Comparison;
}

export interface ObservePairInput {
  pair: string;
  /** With it, the answer also says what a fence of that site would do. Nothing is changed. */
  fence?: { site: string; by: string };
}

export interface ObservePairResult {
  observation: Observation;
  verdict: Verdict;
  plan?: FencePlan;
  /** What a person should know beside the verdict, one sentence each; absent from a worker that looks for none. */
  findings?: readonly string[];
  /** What would make an incident worse than it has to be; absent from a worker that looks for nothing of the kind. */
  readiness?: readonly Finding[];
}

export interface Activities {
  assessPair: (input: AssessPairInput) => Promise<AssessPairResult>;
  observePair: (input: ObservePairInput) => Promise<ObservePairResult>;
  watch: (input: WatchInput) => Promise<AssessPairResult>;
  archiveReport: (document: ArchivedDocument) => Promise<ArchiveReceipt>;
  removeEndpoint: (input: CommandInput<'removeEndpoint'>) => Promise<CommandAccepted>;
  removeLostEndpoint: (input: CommandInput<'removeLostEndpoint'>) => Promise<CommandAccepted>;
  takeBackupOffline: (input: CommandInput<'takeBackupOffline'>) => Promise<CommandAccepted>;
  stopApplication: (input: CommandInput<'stopApplication'>) => Promise<CommandAccepted>;
  cancelPush: (input: CommandInput<'cancelPush'>) => Promise<CommandAccepted>;
  addEndpoint: (input: CommandInput<'addEndpoint'>) => Promise<CommandAccepted>;
  emptySite: (input: CommandInput<'emptySite'>) => Promise<CommandAccepted>;
  startPush: (input: CommandInput<'startPush'>) => Promise<CommandAccepted>;
  bringBackupOnline: (input: CommandInput<'bringBackupOnline'>) => Promise<CommandAccepted>;
  startApplication: (input: CommandInput<'startApplication'>) => Promise<CommandAccepted>;
  compareSites: (input: CommandInput<'compareSites'>) => Promise<CommandAccepted>;
}
