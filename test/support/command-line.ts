import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { runCli } from '../../client/cli/main';
import { realSurroundings, type Surroundings } from '../../client/cli/surroundings';
import type { ExitCode } from '../../client/cli/exit-codes';
import { temporaryFolder } from './temporary-folder';

/** What somebody at a terminal, or a script, gets of a command. */
export interface Ran {
  exitCode: ExitCode;
  stdout: string;
  stderr: string;
  /** Standard output as the one JSON value that it is under `--json`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it as they like
  json(): any;
}

export interface CommandLineOptions {
  pairs: readonly string[];
  temporal?: { address: string; taskQueue?: string };
  surroundings?: Partial<Surroundings>;
  tty?: boolean;
  /** The configuration names an API. */
  api?: boolean;
  /** Of every pair. */
  fenceDevices?: readonly object[];
  /** Names of the observers that every pair has. */
  observers?: readonly string[];
  /** Scored checks of the first site of every pair, by their scores. */
  scores?: readonly number[];
}

/** What has to differ between two pairs of one configuration. */
interface ExamplePair {
  traffic: { globalAccelerator: { dnsName: string } };
  sites: [{ infinispan: { url: string }; heuristics?: object }, { infinispan: { url: string } }];
}

/** Runs commands in this process, on the example configuration with other pairs in it. */
export class CommandLine {
  readonly configFile: string;

  constructor(private readonly options: CommandLineOptions) {
    this.configFile = join(temporaryFolder(), 'sitewarden.yaml');
    writeFileSync(this.configFile, stringify(this.config()));
  }

  /** The same configuration in other surroundings. */
  with(surroundings: Partial<Surroundings>): CommandLine {
    const other = { ...this.options, surroundings: { ...this.options.surroundings, ...surroundings } };
    return new CommandLine(other);
  }

  run(...args: readonly string[]): Promise<Ran> {
    return this.runBare('--config', this.configFile, ...args);
  }

  /** Asks as the script for a shell does: which words may stand in the place of the last one. */
  complete(shell: string, words: readonly string[]): Promise<Ran> {
    return this.runBare('completion', shell, '--', ...words);
  }

  private async runBare(...args: readonly string[]): Promise<Ran> {
    let stdout = '';
    let stderr = '';
    const isTTY = this.options.tty;
    const exitCode = await runCli(args, {
      ...realSurroundings({
        runWorker: () => Promise.reject(new Error('no worker here')),
        runObserver: () => Promise.reject(new Error('no observer here')),
        runSentinel: () => Promise.reject(new Error('no sentinel here')),
        openEmergency: () => {
          throw new Error('no gateways here');
        },
        openArchive: () => ({
          read: () => Promise.resolve(undefined),
          verify: () => Promise.resolve({ links: [], faults: [] }),
          close: () => undefined,
        }),
      }),
      keyboard: undefined,
      who: () => 'alice@laptop',
      env: { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' },
      stdout: { isTTY, write: (text: string) => void (stdout += text) },
      stderr: { isTTY, write: (text: string) => void (stderr += text) },
      ...this.options.surroundings,
    });
    return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) as unknown };
  }

  private config(): unknown {
    const text = readFileSync(join(__dirname, '..', '..', 'sitewarden.example.yaml'), 'utf8');
    const example = parse(text) as { sitePairs: [ExamplePair] };
    const sitePairs = this.options.pairs.map((name) => {
      const pair = structuredClone(example.sitePairs[0]);
      pair.traffic.globalAccelerator.dnsName = `${name}.awsglobalaccelerator.com`;
      pair.sites[0].infinispan.url = `https://${name}-a.example:11222`;
      pair.sites[1].infinispan.url = `https://${name}-b.example:11222`;
      const { fenceDevices, observers, scores } = this.options;
      const checks = scores?.map((score, index) => ({ name: `check-${index}`, tcp: 'database.example:5432', score }));
      if (checks) pair.sites[0].heuristics = { checks };
      const asObservers = observers && { observers: observers.map((one) => ({ name: one })) };
      return { ...pair, name, ...(fenceDevices && { fenceDevices }), ...asObservers };
    });
    const apiClient = { url: 'https://sitewarden.example:8081', token: { secret: 'env:SITEWARDEN_TOKEN' } };
    return { ...example, temporal: this.options.temporal ?? {}, ...(this.options.api && { apiClient }), sitePairs };
  }
}
