import type { Assessment } from '../domain/assess';
import type { Command } from '../domain/command';
import type { Comparison, Progress } from '../domain/comparison';
import type { Drill } from '../domain/drill/drill';
import type { DeviceReports } from '../domain/readiness/devices';
import type { Evidence } from '../domain/evidence';
import type { Next } from '../domain/next';
import type { Observation } from '../domain/observation';
import type { Finding } from '../domain/readiness/finding';
import type { ReadinessReport } from '../domain/readiness/report';
import type { Mode } from '../domain/site-pair';
import type { RunState } from '../domain/state';
import type { EpochMs } from '../domain/time';
import type { FencePlan } from '../domain/rehearse';
import type { Verdict } from '../domain/verdict';
import type { ArchivedDocument, ArchiveReceipt } from '../gateways/archive-ports';

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
  /** Of a pair with observers, while they have a say: what the verdict rests on. */
  evidence?: Evidence;
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
  /** With it, the answer also says what would be done if this were cut, as it is typed after `--cut`. Nothing is changed. */
  drill?: { cut: readonly string[] };
  /** Fence devices are waited for as long as they usually take, and not only as long as everything else. */
  patient?: true;
}

export interface ObservePairResult {
  observation: Observation;
  verdict: Verdict;
  plan?: FencePlan;
  /** Absent also while the pair is not healthy: a drill is for peace time. */
  drill?: Drill;
  /** What would make an incident worse than it has to be; absent from a worker that looks for nothing of the kind. */
  readiness?: readonly Finding[];
  /** What the pair's fence devices say; absent of a pair without any. */
  devices?: DeviceReports;
  /** Of a pair with observers: what the verdict rests on. */
  evidence?: Evidence;
}

export interface AssessReadinessInput {
  pair: string;
}

export interface Activities {
  assessPair: (input: AssessPairInput) => Promise<AssessPairResult>;
  observePair: (input: ObservePairInput) => Promise<ObservePairResult>;
  assessReadiness: (input: AssessReadinessInput) => Promise<ReadinessReport>;
  watch: (input: WatchInput) => Promise<AssessPairResult>;
  archiveReport: (document: ArchivedDocument) => Promise<ArchiveReceipt>;
  removeEndpoint: (input: CommandInput<'removeEndpoint'>) => Promise<CommandAccepted>;
  removeLostEndpoint: (input: CommandInput<'removeLostEndpoint'>) => Promise<CommandAccepted>;
  takeBackupOffline: (input: CommandInput<'takeBackupOffline'>) => Promise<CommandAccepted>;
  fenceByDevice: (input: CommandInput<'fenceByDevice'>) => Promise<CommandAccepted>;
  unfenceByDevice: (input: CommandInput<'unfenceByDevice'>) => Promise<CommandAccepted>;
  stopApplication: (input: CommandInput<'stopApplication'>) => Promise<CommandAccepted>;
  cancelPush: (input: CommandInput<'cancelPush'>) => Promise<CommandAccepted>;
  addEndpoint: (input: CommandInput<'addEndpoint'>) => Promise<CommandAccepted>;
  emptySite: (input: CommandInput<'emptySite'>) => Promise<CommandAccepted>;
  startPush: (input: CommandInput<'startPush'>) => Promise<CommandAccepted>;
  bringBackupOnline: (input: CommandInput<'bringBackupOnline'>) => Promise<CommandAccepted>;
  startApplication: (input: CommandInput<'startApplication'>) => Promise<CommandAccepted>;
  refreshApplication: (input: CommandInput<'refreshApplication'>) => Promise<CommandAccepted>;
  compareSites: (input: CommandInput<'compareSites'>) => Promise<CommandAccepted>;
}
