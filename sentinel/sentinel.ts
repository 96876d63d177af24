import type { SettledNetwork } from '../domain/isolation';
import {
  asksForFence,
  decideSentinel,
  rememberFacts,
  type SentinelFacts,
  type SentinelMemory,
  type SentinelNext,
  type SentinelNote,
} from '../domain/sentinel';
import type { RunKnowledge } from '../gateways/ports';
import { inTime } from '../runtime/in-time';
import type { Guard } from './guard';
import type { SentinelJournal } from './journal';
import { RunDialogue } from './run-dialogue';
import type { StateFile } from './state-file';

/** Stops and starts what clients are served by: the application, or the answer at `/lb-check`. */
export interface SiteSwitch {
  /** @throws when it did not succeed; stopped already is success. */
  stop(): Promise<void>;
  /** The same; ended when the signal is. */
  start(signal: AbortSignal): Promise<void>;
}

export interface SentinelOptions {
  site: string;
  network: { settled(): SettledNetwork };
  /** Only with a lock. */
  guard?: Guard;
  siteSwitch: SiteSwitch;
  runs: RunKnowledge;
  stateFile: Pick<StateFile, 'open' | 'write'>;
  journal: SentinelJournal;
  elapsedMs: () => number;
  now: () => number;
  /** How often it looks when nothing wakes it, and tries again what failed. */
  lookEveryMs?: number;
}

const usualLookEveryMs = 1_000;
/** For how long a lock under which nothing may be started, or can be, is left to others. */
const leaveLockMs = 10_000;

/** The one loop of a sentinel: looks, decides by domain/sentinel.ts, does one thing, looks again. */
export class Sentinel {
  private memory: SentinelMemory;
  private readonly dialogue: RunDialogue;
  /** Its own stop was seen to succeed, and since then it has started nothing, nor has another isolation begun. */
  private stopped = false;
  private stopFailed = false;
  /** In the round before, or in this one. */
  private wasIsolated = false;
  private acquireFromMs = 0;
  private starting: AbortController | undefined;
  private closing = false;
  private wakeUp: () => void = () => undefined;
  private going: Promise<void> | undefined;
  private waits: string | undefined;

  /** @throws Error when the state file cannot be used. */
  constructor(private readonly options: SentinelOptions) {
    const { stateFile, journal, site, runs, elapsedMs } = options;
    const { memory, untold } = stateFile.open();
    this.memory = memory;
    this.dialogue = new RunDialogue({
      ...{ runs, site, untold, elapsedMs },
      onAnswer: () => this.wakeUp(),
      onTold: () => this.save(),
    });
    journal.down(memory.down?.because);
    if (memory.down) journal.info(`${site} was down when the sentinel ended before.`, memory.down);
  }

  start(): void {
    this.going = this.goOn();
  }

  /** Whether clients may be sent to the site, as its `/lb-check` says. */
  isUp(): boolean {
    return this.memory.down === undefined && !this.mustStopNow();
  }

  /** For its page. */
  status() {
    const { network, guard } = this.options;
    const lock = guard && { held: guard.isHeld(), heldBy: guard.heldBy, token: guard.token };
    return { up: this.isUp(), down: this.memory.down, waitsFor: this.waits, network: network.settled(), lock };
  }

  /** Something changed: look now. */
  wake(): void {
    if (this.mustStopNow()) this.starting?.abort();
    this.wakeUp();
  }

  /** With a lock the application is stopped first, and the lock freed: nothing may run unguarded. Without one it is left as it is. */
  async close(): Promise<void> {
    this.closing = true;
    this.starting?.abort();
    this.wakeUp();
    await this.going;
    const { guard, journal, site, now } = this.options;
    if (!guard) return;
    journal.info(`Asked to end: the application of ${site} is stopped before the lock is freed.`);
    this.remember({ down: this.memory.down ?? { because: 'withoutLock', since: now() } });
    if (this.stopped) await guard.letGo();
    else await this.stop();
    if (!this.stopped)
      journal.error(`${site} was not stopped: its watchdog goes on, and the lease runs out by itself.`);
    guard.close();
  }

  private facts(): SentinelFacts {
    const { network, guard } = this.options;
    const fence = this.dialogue.fence();
    const lock = guard?.isHeld() ? 'held' : 'notHeld';
    return {
      network: network.settled(),
      stopped: this.stopped,
      stopFailed: this.stopFailed,
      lock: guard ? lock : 'notUsed',
      ...(fence && { fence }),
    };
  }

  private mustStopNow(): boolean {
    const { network, lock } = this.facts();
    return network === 'isolated' || lock === 'notHeld';
  }

  private async goOn(): Promise<void> {
    while (!this.closing) {
      const woken = new Promise<'woken'>((resolve) => (this.wakeUp = () => resolve('woken')));
      await this.round().catch((err: unknown) =>
        this.options.journal.error('A round failed, which is a bug.', { err }),
      );
      if (!this.closing) await inTime(woken, this.options.lookEveryMs ?? usualLookEveryMs, 'late');
    }
  }

  private async round(): Promise<void> {
    this.noticeIsolation();
    const facts = this.facts();
    if (facts.lock !== 'notUsed') this.options.journal.lock(facts.lock === 'held');
    if (asksForFence(this.memory, facts)) this.dialogue.askForFence();
    else this.dialogue.forget();
    const next = decideSentinel(this.memory, facts);
    this.remember(rememberFacts(this.memory, facts, this.options.now()));
    await this.carryOut(next);
    if (facts.network !== 'isolated') this.dialogue.tell();
  }

  /** Whoever brings the site back may have started it since our stop: a new isolation stops it anew. */
  private noticeIsolation(): void {
    const isIsolated = this.options.network.settled() === 'isolated';
    if (isIsolated && !this.wasIsolated) this.stopped = false;
    this.wasIsolated = isIsolated;
  }

  private async carryOut(next: SentinelNext): Promise<void> {
    this.waits = next.kind === 'nothing' ? next.waits : undefined;
    switch (next.kind) {
      case 'stop':
        return this.stop();
      case 'start':
        return this.startSite();
      case 'acquireLock':
        return this.acquire();
      case 'nothing':
        return this.wait(next);
    }
  }

  private async stop(): Promise<void> {
    const isolation = this.wasIsolated ? 'its network is isolated' : 'its network was isolated';
    const isolated = this.memory.down?.because === 'isolated';
    if (!(await this.tryStop(isolated ? isolation : "it does not hold the pair's lock"))) return;
    this.note('SentinelStoppedSite');
    await this.options.guard?.letGo();
  }

  private async tryStop(why: string): Promise<boolean> {
    const { siteSwitch, journal, site } = this.options;
    this.stopped = false;
    journal.warn(`${site} is being stopped: ${why}.`);
    try {
      await siteSwitch.stop();
    } catch (err) {
      this.stopFailed = true;
      journal.command('stop', typeOf(err));
      journal.error(`${site} could not be stopped; it is tried again.`, { err });
      return false;
    }
    journal.command('stop', 'ok');
    this.stopped = true;
    this.stopFailed = false;
    journal.warn(`${site} is stopped: ${why}.`);
    return true;
  }

  private async startSite(): Promise<void> {
    const { siteSwitch, journal, site, guard } = this.options;
    this.stopped = false;
    if (guard && !(await this.armed(guard))) return;
    // Looked at once more, now that all that takes time is behind us: a process that was frozen meanwhile starts nothing.
    if (this.closing || decideSentinel(this.memory, this.facts()).kind !== 'start') return;
    this.starting = new AbortController();
    journal.over('waits');
    const free = this.facts().fence?.known === 'notFenced';
    const because = free ? 'it is not fenced' : 'it holds the lock; whether it is fenced cannot be known';
    journal.info(`${site} is being started: its network is whole, and ${because}.`);
    try {
      await siteSwitch.start(this.starting.signal);
    } catch (err) {
      journal.command('start', typeOf(err));
      journal.error(`${site} could not be started; it is tried again while it may run.`, { err });
      if (guard && (await this.tryStop('its start failed'))) await this.leaveLock(guard);
      return;
    } finally {
      this.starting = undefined;
    }
    this.stopFailed = false;
    journal.command('start', 'ok');
    this.remember({});
    journal.info(`${site} is started.`);
    this.note('SentinelStartedSite');
  }

  /** Nothing runs under a lock without a watchdog that knows until when. */
  private async armed(guard: Guard): Promise<boolean> {
    try {
      await guard.arm();
      return true;
    } catch (err) {
      this.options.journal.error(`${this.options.site} is not started: its watchdog could not be set.`, { err });
      return false;
    }
  }

  private async acquire(): Promise<void> {
    const { guard, journal, site, elapsedMs } = this.options;
    if (!guard) return;
    if (elapsedMs() < this.acquireFromMs) {
      this.waits = 'the lock is left to the other site for a moment';
      return;
    }
    try {
      if (!(await guard.tryAcquire())) {
        this.waits = `the lock is held by ${guard.heldBy ?? 'somebody else'}`;
        journal.news('waits', `${site} waits: ${this.waits}.`);
        return;
      }
    } catch (error) {
      this.waits = 'the store of locks cannot be asked';
      journal.news('waits', `${site} waits: ${(error as Error).message}`, 'warn');
      return;
    }
    journal.over('waits');
    journal.info(`${site} holds the lock, with token ${guard.token}.`);
    this.wakeUp();
  }

  private async wait({ waits, releaseLock }: Extract<SentinelNext, { kind: 'nothing' }>): Promise<void> {
    const { guard, journal, site } = this.options;
    if (waits === undefined) return;
    const isNews = journal.news('waits', `${site} stays down: ${waits}.`);
    if (isNews && this.dialogue.fence()) this.note('SentinelKeepsSiteDown');
    if (guard && releaseLock) await this.leaveLock(guard);
  }

  /** So that the other site may have it. */
  private async leaveLock(guard: Guard): Promise<void> {
    this.acquireFromMs = this.options.elapsedMs() + leaveLockMs;
    await guard.letGo();
  }

  /** Before anything is done on account of it; a disk that is full must not keep a site up that has to go down. */
  private remember(memory: SentinelMemory): void {
    const isNews =
      memory.down?.because !== this.memory.down?.because || memory.down?.fenced !== this.memory.down?.fenced;
    this.memory = memory;
    if (!isNews) return;
    this.options.journal.down(memory.down?.because);
    this.save();
  }

  private note(did: SentinelNote['did']): void {
    this.dialogue.note({ did, site: this.options.site, at: this.options.now() });
    this.save();
  }

  private save(): void {
    const { stateFile, journal } = this.options;
    try {
      stateFile.write({ memory: this.memory, untold: this.dialogue.untold });
    } catch (err) {
      journal.error('The state file could not be written; a restart would not know what was stopped.', { err });
    }
  }
}

function typeOf(error: unknown): string {
  const { type } = error as { type?: unknown };
  return typeof type === 'string' ? type : 'Unexpected';
}
