import type { LeasePlan } from '../domain/lease';
import type { LockAsk, LockLease, LockManager } from '../gateways/ports';
import { timeUp } from '../runtime/time-up';

export interface LeaseKeeperOptions {
  locks: LockManager;
  ask: LockAsk;
  plan: LeasePlan;
  elapsedMs: () => number;
  /** The lease counts from then, by `elapsedMs`. */
  onLease: (fromMs: number) => void;
  /** From now on the application may not run; `why` in a few words. */
  onLost: (why: string) => void;
  /** The store did not answer a renewal, and there is time for another one. */
  onRenewalFailed: (error: unknown) => void;
}

interface Kept {
  lease: LockLease;
  fromMs: number;
  /** Told as lost: it is renewed on, as long as it lasts, to keep others away until the application has been stopped. */
  lost: boolean;
}

/**
 * Holds one lock. It says `held` only while the application may run: until so long before the end of the lease that it can still be
 * stopped, counted from before the store was asked.
 */
export class LeaseKeeper {
  private kept: Kept | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** By whom it was held when it was asked for last. */
  heldBy: string | undefined;

  constructor(private readonly options: LeaseKeeperOptions) {}

  isHeld(): boolean {
    const { kept } = this;
    return kept !== undefined && !kept.lost && this.ageMs(kept) < this.options.plan.stopAfterMs;
  }

  get token(): number | undefined {
    return this.kept?.lease.token;
  }

  /** When the lease began to count, by `elapsedMs`. */
  get fromMs(): number | undefined {
    return this.kept?.fromMs;
  }

  /** One try. @returns whether the lock is held now. Fails with `LockUnavailable`. */
  async tryAcquire(): Promise<boolean> {
    const { locks, ask, elapsedMs } = this.options;
    if (this.kept) return this.isHeld();
    const fromMs = elapsedMs();
    const answer = await locks.tryAcquire(ask, this.bounded());
    if ('heldBy' in answer) {
      this.heldBy = answer.heldBy;
      return false;
    }
    this.heldBy = undefined;
    this.kept = { lease: answer.lease, fromMs, lost: false };
    this.lookAgain();
    return this.isHeld();
  }

  /** The application may not run on, whatever the lease says. */
  giveUp(why: string): void {
    const { kept } = this;
    if (!kept || kept.lost) return;
    kept.lost = true;
    this.options.onLost(why);
  }

  /** To be called once the application is stopped, and not before: frees the lock for others. Never fails; a lease ends by itself. */
  async letGo(): Promise<void> {
    const { kept } = this;
    clearTimeout(this.timer);
    this.kept = undefined;
    if (kept) await this.options.locks.release(kept.lease, this.bounded()).catch(() => undefined);
  }

  /** Renews no more, and frees nothing: what may still run keeps its lease until that ends. */
  close(): void {
    clearTimeout(this.timer);
    this.kept = undefined;
  }

  private ageMs({ fromMs }: Kept): number {
    return this.options.elapsedMs() - fromMs;
  }

  /** In time for the next renewal, and for the moment at which the application has to be stopped. */
  private lookAgain(): void {
    const { kept, options } = this;
    if (!kept) return;
    const { renewEveryMs, stopAfterMs } = options.plan;
    const untilStopMs = kept.lost ? renewEveryMs : Math.max(0, stopAfterMs - this.ageMs(kept));
    this.timer = setTimeout(() => void this.look(kept), Math.min(renewEveryMs, untilStopMs));
  }

  private async look(kept: Kept): Promise<void> {
    if (this.kept !== kept) return;
    if (!kept.lost && this.ageMs(kept) >= this.options.plan.stopAfterMs)
      this.giveUp('its lease could not be renewed in time');
    await this.renew(kept);
    if (this.kept === kept) this.lookAgain();
  }

  private async renew(kept: Kept): Promise<void> {
    const { locks, elapsedMs, onLease, onRenewalFailed } = this.options;
    const fromMs = elapsedMs();
    try {
      await locks.renew(kept.lease, this.bounded());
    } catch (error) {
      if (this.kept !== kept) return;
      if ((error as { type?: unknown }).type === 'LockLost') this.giveUp((error as Error).message);
      else onRenewalFailed(error);
      return;
    }
    if (this.kept !== kept) return;
    // Frozen since: another may have had the lock in between, so what ran under it has to be stopped first.
    if (this.ageMs(kept) >= this.options.plan.stopAfterMs) this.giveUp('its lease could not be renewed in time');
    kept.fromMs = fromMs;
    if (!kept.lost) onLease(fromMs);
  }

  /** A hanging store must not hold up the next try. */
  private bounded(): AbortSignal {
    return timeUp(Math.max(500, this.options.plan.renewEveryMs));
  }
}
