import type { AlertMessage } from '../../domain/alert';
import type { AlertIntake, TakenBy } from './alert-intake';
import type { Addressed } from './alert-projection';

/** Longer than a sender waits before it sends again; short beside the time in which an alert is repeated on purpose. */
const rememberedMs = 60_000;

type Firing = TakenBy & { outcome: 'started' | 'joined' };

/**
 * Lets a delivery that Temporal was too slow for be finished by its repeats: what Temporal has taken of it is not handed
 * over again, so that each repeat begins where the one before ended. Of a delivery that was taken whole nothing is
 * remembered: its repeat says that the alert goes on, and is handed over as such.
 */
export class UnfinishedDeliveries implements AlertIntake {
  private readonly taken = new Map<string, { atMs: number; by: Promise<Firing | TakenBy | 'NoOpenRun'> }>();

  /** @param now monotonic milliseconds. */
  constructor(
    private readonly intake: AlertIntake,
    private readonly now: () => number,
  ) {}

  async firing(pair: string, alert: AlertMessage): Promise<Firing> {
    let first = false;
    const taken = await this.once({ pair, alert }, () => {
      first = true;
      return this.intake.firing(pair, alert);
    });
    return first ? taken : { ...taken, outcome: 'joined' };
  }

  resolved(pair: string, alert: AlertMessage): Promise<TakenBy | 'NoOpenRun'> {
    return this.once({ pair, alert }, () => this.intake.resolved(pair, alert));
  }

  /** The sender was told that all of these are taken. */
  finished(alerts: readonly Addressed[]): void {
    for (const one of alerts) this.taken.delete(keyOf(one));
  }

  private once<T extends Firing | TakenBy | 'NoOpenRun'>(one: Addressed, hand: () => Promise<T>): Promise<T> {
    this.forgetOld();
    const key = keyOf(one);
    const before = this.taken.get(key);
    // The key holds the status, and with it which of the two methods it was.
    if (before) return before.by as Promise<T>;
    const by = hand();
    this.taken.set(key, { atMs: this.now(), by });
    by.catch(() => this.taken.delete(key));
    return by;
  }

  /** The oldest stand first. */
  private forgetOld(): void {
    for (const [key, { atMs }] of this.taken) {
      if (this.now() - atMs < rememberedMs) return;
      this.taken.delete(key);
    }
  }
}

const keyOf = ({ pair, alert }: Addressed): string =>
  JSON.stringify([pair, alert.fingerprint, alert.status, alert.startsAt, alert.site, alert.reporter]);
