import { Registry } from 'prom-client';
import type { SettledNetwork } from '../../domain/isolation';
import { leasePlan } from '../../domain/lease';
import type { FenceKnowledge, SentinelNote } from '../../domain/sentinel';
import type { RunKnowledge } from '../../gateways/ports';
import { Guard } from '../../sentinel/guard';
import { SentinelJournal } from '../../sentinel/journal';
import { LeaseKeeper } from '../../sentinel/lease-keeper';
import { Sentinel } from '../../sentinel/sentinel';
import { StateFile } from '../../sentinel/state-file';
import type { FakeLocks } from './fake-locks';
import { FakeWorkload } from './fake-workload';
import { readableLog } from './log-lines';
import { temporaryFolder } from './temporary-folder';

export const sentinelLease = { leaseSeconds: 10, stopSeconds: 2 };

/** A site with its sentinel, over fakes; a test moves the clock and decides what is answered. */
export class ASite {
  network: SettledNetwork = 'connected';
  fence: FenceKnowledge = { known: 'notFenced' };
  /** Until then an answer is under way. */
  answering: Promise<void> = Promise.resolve();
  /** Whether Temporal takes notes, and what for. */
  run: 'open' | 'none' | 'unreachable' = 'open';
  readonly told: SentinelNote[] = [];
  readonly workload = new FakeWorkload();
  readonly log = readableLog();
  readonly registry = new Registry();
  readonly watchdog = { armedMs: [] as number[], disarmed: 0, closed: false, answers: true };
  elapsed = 0;
  asked = 0;
  sentinel!: Sentinel;
  keeper: LeaseKeeper | undefined;
  readonly name: string;
  private readonly folder: string;
  private readonly locks: FakeLocks | undefined;

  constructor(options: { locks?: FakeLocks; folder?: string; name?: string } = {}) {
    this.folder = options.folder ?? temporaryFolder();
    this.locks = options.locks;
    this.name = options.name ?? 'site-b';
  }

  /** As a process is: what it knew before is in the file alone. */
  boot(): this {
    const { workload, name } = this;
    const elapsedMs = () => this.elapsed;
    const journal = new SentinelJournal(this.log.logger, new Registry(), { pair: 'demo', site: name });
    const runs: RunKnowledge = {
      readFence: async () => {
        this.asked += 1;
        const knowledge = this.fence;
        await this.answering;
        return knowledge;
      },
      tell: async (note) => {
        if (this.run === 'unreachable') throw new Error('as the test asked');
        if (this.run === 'none') return 'noRun';
        this.told.push(note);
        return 'told';
      },
    };
    const guard = this.locks && this.guard(this.locks);
    const sending = (signal = new AbortController().signal) => ({ commandId: 'sentinel', signal });
    this.sentinel = new Sentinel({
      ...{ runs, journal, guard, elapsedMs, site: name },
      now: () => this.elapsed,
      lookEveryMs: 20,
      network: { settled: () => this.network },
      siteSwitch: {
        stop: async () => void (await workload.stop(sending())),
        start: async (signal) => void (await workload.start(sending(signal))),
      },
      stateFile: new StateFile(this.folder, { pair: 'demo', site: name }),
    });
    this.sentinel.start();
    return this;
  }

  /** Its process is gone at once. */
  crash(): void {
    this.keeper?.close();
    void Object.assign(this.sentinel, { closing: true });
    this.sentinel.wake();
  }

  says(): string[] {
    return this.log.lines.map(({ message }) => String(message));
  }

  private guard(locks: FakeLocks): Guard {
    const plan = leasePlan(sentinelLease);
    const keeper = new LeaseKeeper({
      ...{ locks, plan, elapsedMs: () => this.elapsed },
      ask: { name: 'sitewarden/demo/active', owner: `${this.name}-${Math.random()}`, leaseSeconds: 10 },
      onLease: () => undefined,
      onLost: () => this.sentinel.wake(),
      onRenewalFailed: () => undefined,
    });
    this.keeper = keeper;
    const watchdog = {
      arm: async (remainingMs: () => number) => {
        if (!this.watchdog.answers) throw new Error('The watchdog does not answer.');
        this.watchdog.armedMs.push(remainingMs());
      },
      disarm: async () => void (this.watchdog.disarmed += 1),
      start: async () => undefined,
      close: () => void (this.watchdog.closed = true),
    };
    return new Guard(keeper, watchdog, { plan, elapsedMs: () => this.elapsed });
  }
}
