/* eslint-disable @typescript-eslint/no-require-imports -- what a command does not need is not loaded for it */
import { hostname, userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type * as Config from '../../config';
import type { Environment, SitewardenConfig } from '../../config';
import type { RunKnowledge } from '../../gateways/ports';
import type { LogLevel } from '../../runtime/logging';
import type { PairRuns } from '../pair-runs';
import type * as Waking from '../waking';
import type { AlertIntake } from '../webhook/alert-intake';
import type { ReportArchive } from '../report/report-archive';
import type { Emergency } from './emergency-port';
import { interruption } from './interruption';
import { realKeyboard, type Keyboard } from './keyboard';
import type { TextStream } from './output';
import { quitSignal } from './quit-signal';
import type { SearchAttributeRegistry } from './search-attribute-registry';
import type * as Temporal from './temporal';
import type * as ThroughApi from '../through-api';
import type * as ApiMain from '../api/main';
import type * as WebhookMain from '../webhook/main';

/** What commands ask of runs. */
export type Runs = PairRuns;

/** A way to the runs of pairs. */
export interface OpenRuns {
  runs: Runs;
  close(): Promise<void>;
}

/** A Temporal that was found to answer. */
export interface OpenTemporal extends OpenRuns {
  namespace: string;
  searchAttributes: SearchAttributeRegistry;
}

export interface ProcessOptions {
  config: SitewardenConfig;
  env: Environment;
  logLevel?: LogLevel;
}

/** The way by which a process wakes runs, as the webhook does; its name is shown beside what it sent. Opened at its first use. */
export type OpenWaking = (process: string) => AlertIntake & { close(): Promise<void> };
/** Whose sentinel it is, and its way to the pair's run. */
export interface SentinelProcessOptions {
  pair: string;
  site: string;
  runs: RunKnowledge & { close(): Promise<void> };
}

/** What clients do not know by themselves: it is handed in by bin. */
export interface WorkerSide {
  /** Resolves when the process was asked to stop. */
  runWorker: (options: ProcessOptions & { mayRestore: boolean }) => Promise<void>;
  /** Resolves when the process was asked to stop. */
  runObserver: (options: ProcessOptions & { name: string; openWaking: OpenWaking }) => Promise<void>;
  runSentinel: (options: ProcessOptions & SentinelProcessOptions) => Promise<void>;
  /** @throws Error when a file that the configuration names cannot be read. */
  openEmergency: (options: { config: SitewardenConfig; env: Environment; pair: string }) => Emergency;
  /** The archive that the configuration names. Opens no connection. */
  openArchive: (options: { config: SitewardenConfig; env: Environment }) => ReportArchive;
}

/** Everything a command needs from outside; tests replace what they want to see or to decide. */
export interface Surroundings extends WorkerSide {
  env: Environment;
  stdout: TextStream;
  stderr: TextStream;
  clock: { now: () => number; pause: (ms: number) => Promise<unknown> };
  /** Where a person sits at a terminal. */
  keyboard?: Keyboard;
  /** Aborted at the first Ctrl-C or SIGTERM from now on; a second one ends the process at once. */
  quitSignal: () => AbortSignal;
  /** Who is asking, as it is recorded in the run. */
  who: () => string;
  /** @throws ConfigProblems with everything that is wrong. */
  loadConfig: typeof Config.loadConfig;
  /** @throws Trouble when Temporal does not answer. */
  openTemporal: (config: SitewardenConfig, env: Environment, withinMs?: number) => Promise<OpenTemporal>;
  /** The API that the configuration names; asked when it is used. @throws Trouble when it cannot be set up. */
  openApi: (config: SitewardenConfig, env: Environment) => OpenRuns;
  /** Aborted when the process is asked to stop; from then on nothing else may end it half-way. */
  interruption: () => AbortSignal;
  /** Resolves when the process was asked to stop. */
  runApi: (options: ProcessOptions & Pick<WorkerSide, 'openArchive'>) => Promise<void>;
  /** Resolves when the process was asked to stop. */
  runWebhook: (options: ProcessOptions) => Promise<void>;
  /** Where alerts go that a process raises by itself. */
  wakingOf: (config: SitewardenConfig, env: Environment) => OpenWaking;
}

/** Those of this process. */
export function realSurroundings(workerSide: WorkerSide): Surroundings {
  return {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: { now: Date.now, pause },
    keyboard: realKeyboard(process.stdin, process.stdout),
    quitSignal,
    who: () => `${userName(process.env)}@${hostname()}`,
    loadConfig: (path, env) => (require('../../config') as typeof Config).loadConfig(path, env),
    openTemporal: (config, env, withinMs) =>
      (require('./temporal') as typeof Temporal).openTemporal(config, env, withinMs),
    openApi: (config, env) => {
      const runs = (require('../through-api') as typeof ThroughApi).openApi(config, env);
      return { runs, close: () => runs.close() };
    },
    interruption,
    runApi: (options) => (require('../api/main') as typeof ApiMain).runApi(options),
    wakingOf: (config, env) => (process) => (require('../waking') as typeof Waking).openWaking(config, env, process),
    runWebhook: (options) => (require('../webhook/main') as typeof WebhookMain).runWebhook(options),
    ...workerSide,
  };
}

/** A container may run under a number that no account has. */
function userName(env: Environment): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER || `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
