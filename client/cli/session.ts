import type { PairConfig, SitewardenConfig } from '../../config';
import { printable } from '../../domain/one-line';
import { pairOf } from './asked';
import { Output } from './output';
import type { OpenTemporal, Runs, Surroundings } from './surroundings';

export interface GlobalOptions {
  config?: string;
  json?: boolean;
}

/** One command's way to its configuration, to Temporal and to its reader. */
export class Session {
  readonly output: Output;
  private loaded: SitewardenConfig | undefined;

  constructor(
    readonly surroundings: Surroundings,
    private readonly options: GlobalOptions,
  ) {
    const { stdout, stderr, env } = surroundings;
    this.output = new Output({ stdout, stderr, env, json: options.json === true });
  }

  /** @throws ConfigProblems with everything that is wrong with it. */
  get config(): SitewardenConfig {
    return (this.loaded ??= this.surroundings.loadConfig(this.options.config, this.surroundings.env));
  }

  /** @throws Trouble that names the pairs there are. */
  pair(name: string): PairConfig {
    return pairOf(this.config.sitePairs, name);
  }

  /** Lends an open Temporal that answered (within `withinMs`). Texts that come from runs cannot draw on the terminal: they are made printable here. */
  async withTemporal<T>(use: (temporal: Omit<OpenTemporal, 'close'>) => Promise<T>, withinMs?: number): Promise<T> {
    const temporal = await this.surroundings.openTemporal(this.config, this.surroundings.env, withinMs);
    try {
      return await use({ ...temporal, runs: printableRuns(temporal.runs) });
    } finally {
      await temporal.close();
    }
  }
}

function printableRuns(runs: Runs): Runs {
  return {
    request: async (...args) => printable(await runs.request(...args)),
    decide: async (...args) => printable(await runs.decide(...args)),
    status: async (...args) => printable(await runs.status(...args)),
    observe: async (...args) => printable(await runs.observe(...args)),
    result: async (...args) => printable(await runs.result(...args)),
  };
}
