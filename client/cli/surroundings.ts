/* eslint-disable @typescript-eslint/no-require-imports -- what a command does not need is not loaded for it */
import { hostname, userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type * as Config from '../../config';
import type { Environment, SitewardenConfig } from '../../config';
import type { LogLevel } from '../../runtime/logging';
import type { SitePairClient } from '../site-pair-client';
import type { TextStream } from './output';
import { quitSignal } from './quit-signal';
import type { SearchAttributeRegistry } from './search-attribute-registry';
import type * as Temporal from './temporal';
import type * as WebhookMain from '../webhook/main';

/** What commands ask of runs. */
export type Runs = Pick<SitePairClient, 'request' | 'decide' | 'status' | 'observe' | 'result'>;

/** A Temporal that was found to answer. */
export interface OpenTemporal {
  namespace: string;
  runs: Runs;
  searchAttributes: SearchAttributeRegistry;
  close(): Promise<void>;
}

export interface ProcessOptions {
  config: SitewardenConfig;
  env: Environment;
  logLevel?: LogLevel;
}

export type RunWorker = (options: ProcessOptions & { mayRestore: boolean }) => Promise<void>;

/** Everything a command needs from outside; tests replace what they want to see or to decide. */
export interface Surroundings {
  env: Environment;
  stdout: TextStream;
  stderr: TextStream;
  clock: { now: () => number; pause: (ms: number) => Promise<unknown> };
  /** Aborted at the first Ctrl-C or SIGTERM from now on; a second one ends the process at once. */
  quitSignal: () => AbortSignal;
  /** Who is asking, as it is recorded in the run. */
  who: () => string;
  /** @throws ConfigProblems with everything that is wrong. */
  loadConfig: typeof Config.loadConfig;
  /** @throws Trouble when Temporal does not answer. */
  openTemporal: (config: SitewardenConfig, env: Environment) => Promise<OpenTemporal>;
  /** These two resolve when the process was asked to stop. */
  runWorker: RunWorker;
  runWebhook: (options: ProcessOptions) => Promise<void>;
}

/** Those of this process. */
export function realSurroundings(runWorker: RunWorker): Surroundings {
  return {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: { now: Date.now, pause },
    quitSignal,
    who: () => `${userName(process.env)}@${hostname()}`,
    loadConfig: (path, env) => (require('../../config') as typeof Config).loadConfig(path, env),
    openTemporal: (config, env) => (require('./temporal') as typeof Temporal).openTemporal(config, env),
    runWebhook: (options) => (require('../webhook/main') as typeof WebhookMain).runWebhook(options),
    runWorker,
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
