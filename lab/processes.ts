import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Reaper } from './reaper';
import type { Tier } from './tiers';
import { until } from './until';

const defaultStopWithinSeconds = 5;
const lastLinesShown = 20;

export interface PartSpecification {
  /** Also the name of its log file. */
  name: string;
  tier: Tier;
  program: string;
  args: readonly string[];
  cwd?: string;
  /** Added to our own environment. */
  env?: NodeJS.ProcessEnv;
  /** Asked again and again until true; throwing is "not yet". */
  ready: () => Promise<boolean>;
  readyWithinSeconds: number;
  stopWithinSeconds?: number;
}

/** A part ended, and nobody had asked it to. */
export class PartCrashed extends Error {
  override readonly name = 'PartCrashed';
  /** Which part, and how it ended: `worker was ended by SIGKILL`. */
  readonly reason: string;
  readonly logFile: string;
  readonly lastLines: string;

  constructor(part: Part, how: string) {
    const [reason, lastLines] = [`${part.name} ${how}`, part.lastLines()];
    super(`${reason}. The last lines of ${part.logFile}:\n${lastLines}`);
    this.reason = reason;
    this.logFile = part.logFile;
    this.lastLines = lastLines;
  }
}

/** One running child process of the lab. */
export class Part {
  readonly name: string;
  readonly logFile: string;
  readonly pid: number;
  /** Resolves to how it ended: `ended with exit code 1`. */
  readonly ended: Promise<string>;
  readonly #stopWithinSeconds: number;
  #endExpected = false;

  constructor(child: ChildProcess, specification: PartSpecification, logFile: string) {
    this.name = specification.name;
    this.logFile = logFile;
    this.#stopWithinSeconds = specification.stopWithinSeconds ?? defaultStopWithinSeconds;
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `ended with exit code ${String(code)}`),
      );
    });
    this.pid = child.pid ?? 0;
  }

  get endExpected(): boolean {
    return this.#endExpected;
  }

  /** SIGTERM, and after a bound SIGKILL. Returns when the process is gone. */
  async stop(): Promise<void> {
    this.#endExpected = true;
    this.signal('SIGCONT'); // a frozen process would not see the SIGTERM
    this.signal('SIGTERM');
    await Promise.race([this.ended, sleep(this.#stopWithinSeconds * 1_000, undefined, { ref: false })]);
    await this.kill();
  }

  /** As a crash of the machine would: no chance to clean up. Returns when the process is gone. */
  async kill(): Promise<void> {
    this.#endExpected = true;
    this.signal('SIGKILL');
    await this.ended;
  }

  /** To the part and to whatever it started. SIGSTOP freezes it, SIGCONT lets it go on. */
  signal(signal: NodeJS.Signals): void {
    if (this.pid === 0) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  lastLines(): string {
    const log = existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
    return log.trimEnd().split('\n').slice(-lastLinesShown).join('\n');
  }
}

/** The child processes of one run of the lab. None of them outlives us, however we end. */
export class Processes {
  /** Rejects with `PartCrashed`; never resolves. */
  readonly crashed: Promise<never>;
  readonly #logFolder: string;
  readonly #reaper = new Reaper();
  readonly #running = new Map<Part, Tier>();
  #over = false;
  #reportCrash!: (error: PartCrashed) => void;

  constructor(logFolder: string) {
    this.#logFolder = logFolder;
    mkdirSync(logFolder, { recursive: true });
    this.crashed = new Promise((_resolve, reject) => (this.#reportCrash = reject));
    this.crashed.catch(() => {}); // not everybody listens
  }

  /** Starts a part and returns it when it is ready. A part that does not get ready is stopped again. */
  async start(specification: PartSpecification): Promise<Part> {
    const { part, ready } = this.launch(specification);
    await ready;
    return part;
  }

  /** As `start`, without the waiting: `ready` rejects when the part ends before, or does not get ready. */
  launch(specification: PartSpecification): { part: Part; ready: Promise<void> } {
    if (this.#over) throw new Error(`${specification.name} was not started: the run is over`);
    const part = this.#spawn(specification);
    return { part, ready: this.#whenReady(part, specification) };
  }

  /** The process ids of what runs now. */
  pids(): readonly number[] {
    return [...this.#running.keys()].map((part) => part.pid);
  }

  /** Stops all parts of a tier at once; returns when they are gone. */
  async stopTier(tier: Tier): Promise<void> {
    const parts = [...this.#running].filter(([, itsTier]) => itsTier === tier).map(([part]) => part);
    await Promise.all(parts.map((part) => part.stop()));
  }

  /** From now on nothing is started. */
  refuseMore(): void {
    this.#over = true;
  }

  /** Kills what is still running, and lets go of the last resource. */
  end(): void {
    this.#reaper.close();
  }

  async #whenReady(part: Part, { name, ready, readyWithinSeconds }: PartSpecification): Promise<void> {
    const ended = new AbortController();
    void part.ended.then((how) => ended.abort(how));
    const patience = { what: `${name} is ready`, withinSeconds: readyWithinSeconds, everyMs: 50, signal: ended.signal };
    try {
      await until(ready, patience);
      if (ended.signal.aborted) throw ended.signal.reason;
    } catch (error) {
      if (ended.signal.aborted) throw new PartCrashed(part, `${ended.signal.reason} before it was ready`);
      await part.kill();
      const { message } = error as Error;
      throw new Error(`${message}. The last lines of ${part.logFile}:\n${part.lastLines()}`, { cause: error });
    }
    void part.ended.then((how) => this.#onEnd(part, how));
  }

  #spawn(specification: PartSpecification): Part {
    const { name, program, args, cwd, env } = specification;
    const logFile = join(this.#logFolder, `${name}.log`);
    const log = openSync(logFile, 'a');
    // A process group of its own: Ctrl-C reaches us alone, and we stop the parts in order.
    const options = { cwd, env: { ...process.env, ...env }, stdio: ['ignore', log, log], detached: true } as const;
    const child = spawn(program, args, { ...options, stdio: [...options.stdio] });
    closeSync(log);
    const part = new Part(child, specification, logFile);
    if (part.pid !== 0) this.#reaper.guard(part.pid);
    this.#running.set(part, specification.tier);
    void part.ended.then(() => {
      this.#running.delete(part);
      this.#reaper.release(part.pid);
    });
    return part;
  }

  #onEnd(part: Part, how: string): void {
    if (part.endExpected) return;
    this.#reportCrash(new PartCrashed(part, how));
  }
}
