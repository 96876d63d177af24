import type { PairConfig, SitewardenConfig } from '../../config';
import { printable } from '../../domain/one-line';
import { pairOf } from './asked';
import type { Keyboard } from './keyboard';
import { Output } from './output';
import type { OpenRuns, OpenTemporal, Runs, Surroundings } from './surroundings';

export interface GlobalOptions {
  config?: string;
  json?: boolean;
  /** Past the API that is configured. */
  straightToTemporal?: boolean;
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

  /** Of a person who can be asked; absent in a script, and where the answer is for a program. */
  get keyboard(): Keyboard | undefined {
    return this.output.terminal && this.surroundings.keyboard;
  }

  /**
   * Why nobody proves who sends what this command sends, as a sentence goes on: it is recorded as unattributed. Absent where
   * an API stands between, which knows the caller by a token.
   */
  get unattributedBecause(): string | undefined {
    if (!this.config.apiClient) return 'no API is configured';
    return this.options.straightToTemporal ? '--straight-to-temporal goes past the API' : undefined;
  }

  /**
   * Lends the runs of pairs: through the API where one is configured, else straight from a Temporal that answered (within
   * `withinMs`). Texts that come from runs cannot draw on the terminal: they are made printable here.
   */
  async withRuns<T>(use: (open: Pick<OpenRuns, 'runs'>) => Promise<T>, withinMs?: number): Promise<T> {
    if (this.unattributedBecause !== undefined) return this.withTemporal(use, withinMs);
    return this.lend(this.surroundings.openApi(this.config, this.surroundings.env), use);
  }

  /** The same, of Temporal alone. */
  async withTemporal<T>(use: (temporal: Omit<OpenTemporal, 'close'>) => Promise<T>, withinMs?: number): Promise<T> {
    return this.lend(await this.surroundings.openTemporal(this.config, this.surroundings.env, withinMs), use);
  }

  private async lend<Open extends OpenRuns, T>(open: Open, use: (open: Open) => Promise<T>): Promise<T> {
    try {
      return await use({ ...open, runs: printableRuns(open.runs) });
    } finally {
      await open.close();
    }
  }
}

function printableRuns(runs: Runs): Runs {
  return {
    request: async (...args) => printable(await runs.request(...args)),
    decide: async (...args) => printable(await runs.decide(...args)),
    status: async (...args) => printable(await runs.status(...args)),
    observe: async (...args) => printable(await runs.observe(...args)),
    beginReadiness: async (...args) => printable(await runs.beginReadiness(...args)),
    readiness: async (...args) => printable(await runs.readiness(...args)),
    result: async (...args) => printable(await runs.result(...args)),
    runs: async (...args) => printable(await runs.runs(...args)),
  };
}
