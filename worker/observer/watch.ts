import { createHash } from 'node:crypto';
import type { AlertMessage } from '../../domain/alert';
import type { Observation } from '../../domain/observation';
import type { SitePair } from '../../domain/site-pair';
import { symptomOf, type Symptom, type SymptomKind } from '../../domain/symptom';
import type { EpochMs } from '../../domain/time';

/** Where an observer's word goes: the same door that Alertmanager's alerts come through. */
export interface Waking {
  firing(pair: string, alert: AlertMessage): Promise<{ workflowId: string; outcome: 'started' | 'joined' }>;
  resolved(pair: string, alert: AlertMessage): Promise<{ workflowId: string } | 'NoOpenRun'>;
}

/** What the watch tells of itself, for log and metrics. It never fails. */
export interface WatchJournal {
  looked(told: { pair: string; saw: Symptom['kind'] }): void;
  /** A symptom that was not there in the look before, or another one. */
  noticed(told: { pair: string; kind: SymptomKind; because: string; confirmations: number }): void;
  woke(told: {
    pair: string;
    kind: SymptomKind;
    status: AlertMessage['status'];
    outcome: string;
    workflowId?: string;
  }): void;
  notWoken(told: { pair: string; kind: SymptomKind; status: AlertMessage['status']; error: unknown }): void;
}

export interface PairWatchOptions {
  observer: string;
  pair: SitePair;
  /** Looks in a row that must say the same. */
  confirmations: number;
  look: () => Promise<Observation>;
  waking: Waking;
  journal: WatchJournal;
  clock: { now: () => EpochMs; monotonicMs: () => number };
}

/** As Alertmanager repeats: a run that ended while the split stood is begun again. */
const repeatedAfterMs = 300_000;

interface Streak {
  kind: SymptomKind | 'none';
  count: number;
}

/** What was said to the run, and not yet taken back. */
interface Said {
  kind: SymptomKind;
  alert: AlertMessage;
  atMs: number;
}

/**
 * One observer's watch over one pair: looks, and wakes the run when enough looks in a row say the same. It keeps everything in
 * memory, and writes nothing anywhere while all is well. What could not be read neither confirms nor clears.
 */
export class PairWatch {
  private streak: Streak = { kind: 'none', count: 0 };
  private since: EpochMs = 0;
  private said: Said | undefined;

  constructor(private readonly options: PairWatchOptions) {}

  /** One look, and what follows from it. Never fails: what could not be said is said after the next look. */
  async round(): Promise<void> {
    const { pair, look, journal } = this.options;
    const symptom = symptomOf(pair, await look());
    journal.looked({ pair: pair.name, saw: symptom.kind });
    if (symptom.kind === 'unknown') return;
    this.count(symptom);
    if (this.streak.count < this.options.confirmations) return;
    if (symptom.kind === 'none') return this.takeBack();
    const { kind, missing } = symptom;
    if (this.said && this.said.kind !== kind) await this.takeBack();
    if (!this.said || this.passedMs(this.said.atMs) >= repeatedAfterMs) await this.wake(kind, missing);
  }

  private count(symptom: Exclude<Symptom, { kind: 'unknown' }>): void {
    const { pair, journal, clock, confirmations } = this.options;
    const { kind } = symptom;
    if (kind === this.streak.kind) {
      this.streak.count = Math.min(this.streak.count + 1, confirmations);
      return;
    }
    this.streak = { kind, count: 1 };
    this.since = clock.now();
    if ('because' in symptom) {
      journal.noticed({ pair: pair.name, kind: symptom.kind, because: symptom.because, confirmations });
    }
  }

  private async wake(kind: SymptomKind, missing: string): Promise<void> {
    const { pair, waking, clock } = this.options;
    const alert = this.said?.alert ?? this.alertOf(kind, missing);
    await this.tell(kind, 'firing', async () => {
      const { outcome, workflowId } = await waking.firing(pair.name, alert);
      this.said = { kind, alert, atMs: clock.monotonicMs() };
      return { outcome, workflowId };
    });
  }

  private async takeBack(): Promise<void> {
    const { said } = this;
    if (!said) return;
    const { pair, waking } = this.options;
    await this.tell(said.kind, 'resolved', async () => {
      const taken = await waking.resolved(pair.name, { ...said.alert, status: 'resolved' });
      this.said = undefined;
      return taken === 'NoOpenRun' ? { outcome: taken } : { outcome: 'joined', workflowId: taken.workflowId };
    });
  }

  private async tell(
    kind: SymptomKind,
    status: AlertMessage['status'],
    send: () => Promise<{ outcome: string; workflowId?: string }>,
  ): Promise<void> {
    const { pair, journal } = this.options;
    try {
      journal.woke({ pair: pair.name, kind, status, ...(await send()) });
    } catch (error) {
      journal.notWoken({ pair: pair.name, kind, status, error });
    }
  }

  /** The reporter is no site: in a tie, who was heard first must not depend on where an observer stands. */
  private alertOf(kind: SymptomKind, missing: string): AlertMessage {
    const { observer, pair } = this.options;
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([observer, pair.name, kind]))
      .digest('hex');
    const by = `observer ${observer}`;
    const startsAt = new Date(this.since).toISOString();
    return {
      fingerprint: fingerprint.slice(0, 32),
      status: 'firing',
      alertname: by,
      site: missing,
      reporter: by,
      startsAt,
    };
  }

  private passedMs(sinceMs: number): number {
    return this.options.clock.monotonicMs() - sinceMs;
  }
}
