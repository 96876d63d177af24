/**
 * The program that stops a site's application when its sentinel cannot: it is frozen, killed, or stuck. It runs beside the sentinel, in
 * a process group of its own, and knows one thing: until when the application may run. Past that, or as soon as the sentinel is gone,
 * it runs the stop command, again and again until that succeeds.
 */
import { createExecWorkload } from '../gateways/workload';
import type { WorkloadGateway } from '../gateways/ports';
import { machineMonotonicMs, type FromWatchdog, type ToWatchdog, type WatchdogDeadline } from './watchdog-messages';
import { timeUp } from '../runtime/time-up';

/** Timers of a process that was frozen come late all at once; a deadline that was moved meanwhile waits behind them. */
const lookEveryMs = 100;
const againAfterMs = 1_000;

class Watchdog {
  private deadline: WatchdogDeadline | undefined;
  private workload: WorkloadGateway | undefined;
  private seconds = { stop: 0, start: 0 };
  private endStart = new AbortController();
  private starting: Promise<void> = Promise.resolve();
  private stopping = false;
  private orphaned = false;

  hear(message: ToWatchdog): void {
    switch (message.kind) {
      case 'setUp': {
        const { pair, site, stop, start, stopSeconds, startSeconds } = message;
        this.seconds = { stop: stopSeconds, start: startSeconds };
        const options = { pair, site, commands: { stop, start }, timeoutSeconds: Math.max(stopSeconds, startSeconds) };
        this.workload = createExecWorkload({ ...options, environment: process.env });
        return;
      }
      case 'arm':
        this.deadline = message.deadline;
        return this.tell({ kind: 'taken', id: message.id });
      case 'disarm':
        this.deadline = undefined;
        return this.tell({ kind: 'taken', id: message.id });
      case 'start':
        this.starting = this.startNow(message.id);
        return;
      case 'endStart':
        return this.endStart.abort();
    }
  }

  /** The sentinel has ended, however it did. */
  orphan(): void {
    this.orphaned = true;
    this.look();
  }

  look(): void {
    if (this.stopping) return;
    if (!this.deadline) return this.orphaned ? process.exit(0) : undefined;
    if (this.orphaned || isOver(this.deadline))
      void this.stop(this.orphaned ? 'the sentinel is gone' : 'the lease was not renewed');
  }

  private async stop(because: string): Promise<void> {
    this.stopping = true;
    // Orders that came while we were frozen are heard first.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    if (this.deadline && (this.orphaned || isOver(this.deadline))) await this.stopNow(because);
    this.stopping = false;
  }

  private async stopNow(because: string): Promise<void> {
    const before = this.deadline;
    try {
      say(`[sentinel] watchdog: ${because}; the application is being stopped.`);
      this.endStart.abort();
      await this.starting;
      const signal = timeUp(this.seconds.stop * 1_000);
      await this.workload?.stop({ commandId: 'sentinel/watchdog', signal });
      if (this.deadline === before) this.deadline = undefined;
      say('[sentinel] watchdog: the application is stopped.');
      this.tell({ kind: 'stopped', because });
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      say(`[sentinel] watchdog: the application could not be stopped: ${says}`);
      await new Promise((resolve) => setTimeout(resolve, againAfterMs));
    }
  }

  /** Only while the application may run. */
  private async startNow(id: number): Promise<void> {
    this.endStart = new AbortController();
    try {
      if (!this.deadline || isOver(this.deadline) || this.stopping) throw new Error('The application may not run.');
      const signal = AbortSignal.any([this.endStart.signal, timeUp(this.seconds.start * 1_000)]);
      await this.workload?.start({ commandId: 'sentinel/start', signal });
      this.tell({ kind: 'started', id });
    } catch (error) {
      this.tell({ kind: 'startFailed', id, says: error instanceof Error ? error.message : String(error) });
    }
  }

  private tell(message: FromWatchdog): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  }
}

function isOver({ monotonicMs, now }: WatchdogDeadline): boolean {
  return machineMonotonicMs() >= monotonicMs || Date.now() >= now;
}

/** In the form of the sentinel's own log, whose standard output it shares. */
function say(message: string): void {
  const line = { level: 'warn', time: new Date().toISOString(), process: 'sentinel-watchdog', message };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const watchdog = new Watchdog();
process.on('message', (message) => watchdog.hear(message as ToWatchdog));
process.on('disconnect', () => watchdog.orphan());
// Whoever stops the sentinel's service asks all its processes to end: the watchdog ends once it is not needed any more.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdout.on('error', () => undefined);
setInterval(() => watchdog.look(), lookEveryMs);
