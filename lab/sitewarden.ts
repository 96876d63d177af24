import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { request } from 'undici';
import { projectFolder } from './project-folder';
import { Restartable } from './restartable';
import type { LabRun } from './run';
import { tiers } from './tiers';

const readyWithinSeconds = 30;
const program = join(projectFolder, 'dist', 'bin', 'sitewarden.js');

export interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The shipped program, as its users run it: each process is `node dist/bin/sitewarden.js`. */
export class Sitewarden {
  readonly #run: LabRun;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(run: LabRun, environment: NodeJS.ProcessEnv) {
    this.#run = run;
    this.#environment = environment;
  }

  /** A worker, not yet started. `args` such as `--no-restore`. */
  worker(options: { name?: string; configFile: string; healthPort: number; args?: readonly string[] }): Restartable {
    const { name = 'worker', configFile, healthPort, args = [] } = options;
    return this.#process({ name, port: healthPort, args: ['worker', ...args, '--config', configFile] });
  }

  /** One of the observers that the configuration names, not yet started. */
  observer(options: { name: string; configFile: string; healthPort: number }): Restartable {
    const { name, configFile, healthPort } = options;
    const args = ['observer', '--name', name, '--config', configFile];
    return this.#process({ name: `observer-${name}`, port: healthPort, args });
  }

  /** The webhook, not yet started. */
  webhook(options: { configFile: string; port: number }): Restartable {
    const { configFile, port } = options;
    return this.#process({ name: 'webhook', port, args: ['webhook', '--config', configFile] });
  }

  /** The HTTP API, not yet started. */
  api(options: { configFile: string; port: number }): Restartable {
    const { configFile, port } = options;
    return this.#process({ name: 'api', port, args: ['api', '--config', configFile] });
  }

  /** The sentinel of a site, not yet started. */
  sentinel(options: { name: string; configFile: string; pair: string; site: string; port: number }): Restartable {
    const { name, configFile, pair, site, port } = options;
    return this.#process({ name, port, args: ['sentinel', pair, '--site', site, '--config', configFile] });
  }

  /** Runs one command to its end. */
  async cli(configFile: string, ...args: string[]): Promise<CliResult> {
    const child = spawn(process.execPath, [program, ...args, '--config', configFile], {
      env: { ...process.env, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  #process(options: { name: string; port: number; args: readonly string[] }): Restartable {
    const { name, port, args } = options;
    return new Restartable(() =>
      this.#run.processes.start({
        name,
        tier: tiers.sitewarden,
        program: process.execPath,
        args: ['--enable-source-maps', program, ...args],
        env: this.#environment,
        ready: () => isReady(port),
        readyWithinSeconds,
        stopWithinSeconds: 20,
      }),
    );
  }
}

async function isReady(port: number): Promise<boolean> {
  const answer = await request(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
  await answer.body.dump();
  return answer.statusCode === 200;
}
