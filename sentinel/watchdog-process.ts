import { fork, type ChildProcess } from 'node:child_process';
import { inTime } from '../runtime/in-time';
import { machineMonotonicMs, type FromWatchdog, type ToWatchdog } from './watchdog-messages';

export interface WatchdogOptions {
  setUp: Omit<Extract<ToWatchdog, { kind: 'setUp' }>, 'kind'>;
  /** It has stopped the application, or is gone itself: the application may not run on as if it were guarded. */
  onFired: (why: string) => void;
  /** Of Node, for the program; tests run it from its source. */
  program?: { file: string; execArgv: readonly string[] };
}

const takenWithinMs = 2_000;
/** Of a start that has to end: it is killed after 2 s. Together with the stop that follows it fits into the lease (domain/lease.ts). */
const startEndsWithinMs = 3_000;
/** Names that a command needs; a watchdog holds no secret. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/** The sentinel's side of its watchdog; see watchdog.ts. */
export class WatchdogProcess {
  private child: ChildProcess | undefined;
  /** They stood still, and stop the application should they go on, also one that was started since. */
  private readonly leftToThemselves = new Set<ChildProcess>();
  private orders = 0;
  private readonly waiting = new Map<number, () => void>();
  private readonly starts = new Map<number, (failure?: string) => void>();

  constructor(private readonly options: WatchdogOptions) {}

  /**
   * The application may run for `remainingMs()` from now on, and no longer. Fails when the watchdog does not take the order in time.
   * The clocks are read first: should we be frozen between the two, the time only becomes shorter.
   */
  async arm(remainingMs: () => number): Promise<void> {
    const clocks = { monotonicMs: machineMonotonicMs(), now: Date.now() };
    const ms = remainingMs();
    const deadline = { monotonicMs: clocks.monotonicMs + ms, now: clocks.now + ms };
    await this.order({ kind: 'arm', id: (this.orders += 1), deadline });
  }

  /**
   * Runs the start command, as long as the application may run and the signal lets it. Fails when it did not succeed. A watchdog that
   * stands still then is left to itself: should it go on, it ends the start, and stops the application; `onFired` is told at its end.
   */
  async start(signal: AbortSignal): Promise<void> {
    const child = this.running();
    const id = (this.orders += 1);
    let late: NodeJS.Timeout | undefined;
    const end = () => {
      child.send({ kind: 'endStart' } satisfies ToWatchdog, () => undefined);
      late = setTimeout(() => {
        if (this.child === child) {
          this.leftToThemselves.add(child);
          this.close();
        }
        this.starts.get(id)?.('The watchdog does not answer.');
      }, startEndsWithinMs);
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.starts.set(id, (failure) => (failure === undefined ? resolve() : reject(new Error(failure))));
        child.send({ kind: 'start', id } satisfies ToWatchdog, (error) => error && reject(error));
      });
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', end);
      this.starts.delete(id);
    }
  }

  /** The application is stopped: there is nothing to guard. */
  async disarm(): Promise<void> {
    if (this.child) await this.order({ kind: 'disarm', id: (this.orders += 1) });
  }

  /** Leaves it to itself: armed, it stops the application at once; else it ends. */
  close(): void {
    const { child } = this;
    this.child = undefined;
    if (child?.connected) child.disconnect();
  }

  private async order(order: Extract<ToWatchdog, { kind: 'arm' | 'disarm' }>): Promise<void> {
    const child = this.running();
    const taken = new Promise<'taken'>((resolve, reject) => {
      this.waiting.set(order.id, () => resolve('taken'));
      child.send(order, (error) => error && reject(new Error('The watchdog cannot be reached.', { cause: error })));
    });
    const answer = await inTime(taken, takenWithinMs, 'late').finally(() => this.waiting.delete(order.id));
    if (answer === 'late') throw new Error('The watchdog does not answer.');
  }

  private running(): ChildProcess {
    if (this.child?.connected) return this.child;
    const { setUp, program = { file: require.resolve('./watchdog'), execArgv: process.execArgv } } = this.options;
    const env = Object.fromEntries(
      passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
    const child = fork(program.file, {
      execArgv: [...program.execArgv],
      env,
      // A signal to our group, as a Ctrl-C or a freeze is, does not reach it.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (message) => this.hear(message as FromWatchdog));
    child.once('exit', () => this.gone(child));
    child.on('error', () => this.gone(child));
    child.send({ kind: 'setUp', ...setUp } satisfies ToWatchdog, () => undefined);
    this.child = child;
    return child;
  }

  private hear(message: FromWatchdog): void {
    if (message.kind === 'taken') this.waiting.get(message.id)?.();
    if (message.kind === 'started') this.starts.get(message.id)?.();
    if (message.kind === 'startFailed') this.starts.get(message.id)?.(message.says);
    if (message.kind === 'stopped')
      this.options.onFired(`the watchdog stopped the application, since ${message.because}`);
  }

  private gone(child: ChildProcess): void {
    if (this.leftToThemselves.delete(child)) {
      this.options.onFired('a watchdog that stood still has ended, and may have stopped the application');
    }
    if (this.child !== child) return;
    this.child = undefined;
    for (const fail of this.starts.values()) fail('The watchdog is gone.');
    this.options.onFired('the watchdog is gone');
  }
}
