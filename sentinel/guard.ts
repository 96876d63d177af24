import type { LeasePlan } from '../domain/lease';
import type { LeaseKeeper } from './lease-keeper';
import type { WatchdogProcess } from './watchdog-process';

/** The pair's lock, and the watchdog that stops the application should its lease run out while nobody looks. */
export class Guard {
  constructor(
    private readonly keeper: LeaseKeeper,
    private readonly watchdog: Pick<WatchdogProcess, 'arm' | 'disarm' | 'start' | 'close'>,
    private readonly options: { plan: LeasePlan; elapsedMs: () => number },
  ) {}

  isHeld(): boolean {
    return this.keeper.isHeld();
  }

  get heldBy(): string | undefined {
    return this.keeper.heldBy;
  }

  get token(): number | undefined {
    return this.keeper.token;
  }

  /** While the application is stopped. A lock that was lost before anything ran under it is let go first. */
  async tryAcquire(): Promise<boolean> {
    if (this.keeper.fromMs !== undefined && !this.keeper.isHeld()) await this.letGo();
    return this.keeper.tryAcquire();
  }

  /** Tells the watchdog until when the application may run. Fails when it does not answer, or there is no lease. */
  async arm(): Promise<void> {
    const { fromMs } = this.keeper;
    if (fromMs === undefined) throw new Error('There is no lease.');
    const { plan, elapsedMs } = this.options;
    await this.watchdog.arm(() => plan.watchdogAfterMs - (elapsedMs() - fromMs));
  }

  /** Runs the start command by the watchdog, which can end it. */
  start(signal: AbortSignal): Promise<void> {
    return this.watchdog.start(signal);
  }

  /** Once the application is stopped. */
  async letGo(): Promise<void> {
    await this.watchdog.disarm().catch(() => undefined);
    await this.keeper.letGo();
  }

  /** The watchdog stops the application, if it is armed still. */
  close(): void {
    this.watchdog.close();
    this.keeper.close();
  }
}
