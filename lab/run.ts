import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Processes } from './processes';
import { projectFolder } from './project-folder';
import { tiersFromTop, type Tier } from './tiers';
import { until, type Patience } from './until';

const runs = join(projectFolder, '.lab', 'runs');
const runsKept = 10;

/**
 * One run of the lab: its folder and all that it started. The parts of the lab are started in a run and end with it.
 * Promise: after `close`, and after the crash of any part, nothing that was started here is left.
 */
export class LabRun {
  /** All that this run writes: logs, data, certificates, secrets. The latest runs are kept, to look into. */
  readonly folder: string;
  readonly processes: Processes;
  readonly #closers: { tier: Tier; close: () => Promise<void> }[] = [];
  readonly #ended = new AbortController();
  #closed: Promise<void> | undefined;

  constructor() {
    this.folder = makeRunFolder();
    this.processes = new Processes(join(this.folder, 'logs'));
    this.crashed.catch(() => this.close());
  }

  /** Rejects with `PartCrashed` when a child process ends that nobody stopped; never resolves. */
  get crashed(): Promise<never> {
    return this.processes.crashed;
  }

  /** Is aborted when the run begins to close. */
  get closing(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * For what runs inside this process: is called when the run closes, when the child processes of its tier stop; at once when
   * the run began to close while this was still being started.
   */
  onClose(tier: Tier, close: () => Promise<void>): void {
    if (this.#closed) void close();
    else this.#closers.push({ tier, close });
  }

  /** As `until` of until.ts, but a crash of a part ends the waiting at once, with the part's name. */
  until<T>(condition: () => Promise<T> | T, patience: Patience): Promise<NonNullable<T>> {
    return Promise.race([until(condition, { ...patience, signal: this.#ended.signal }), this.crashed]);
  }

  /** Safe to call again; every call returns when all is gone. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    let failures: unknown[] = [];
    this.processes.refuseMore();
    this.#ended.abort(new Error('the run is over'));
    for (const tier of tiersFromTop) {
      const closings = this.#closers.filter((closer) => closer.tier === tier).map(({ close }) => close());
      const results = await Promise.allSettled([...closings, this.processes.stopTier(tier)]);
      failures = failures.concat(results.filter(({ status }) => status === 'rejected'));
    }
    this.processes.end();
    if (failures.length > 0) throw new AggregateError(failures, 'not everything in the lab could be closed');
  }
}

function makeRunFolder(): string {
  mkdirSync(runs, { recursive: true });
  for (const old of readdirSync(runs).sort().slice(0, -runsKept)) {
    if (!isRunning(old)) rmSync(join(runs, old), { recursive: true, force: true });
  }
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const folder = join(runs, `${time}_${process.pid}`);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function isRunning(run: string): boolean {
  try {
    process.kill(Number(run.split('_')[1]), 0);
    return true;
  } catch {
    return false;
  }
}
