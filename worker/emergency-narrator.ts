import type { ReadingJournal } from '../activities/dependencies';
import { sameJson } from '../domain/canonical-json';
import type { Next } from '../domain/next';
import type { Known } from '../domain/state';
import type { EpochMs } from '../domain/time';
import type { EmergencyJournal } from './emergency-journal';

/** Tells a person what happens, each thing once, as it happens. */
export class EmergencyNarrator {
  private readonly told = new Set<string>();
  private readonly notRead = new Map<string, string>();
  private lastNext: Next | undefined;

  constructor(
    private readonly tellAt: (at: EpochMs, what: string) => void,
    private readonly clock: { now(): EpochMs },
    private readonly journal: Pick<EmergencyJournal, 'record'>,
  ) {}

  tell(what: string): void {
    this.tellAt(this.clock.now(), what);
  }

  /** @returns what the look taught, and whether something else is next than after the look before. */
  tellNews({ timeline, provedSince }: Known, next: Next): { learnt: readonly string[]; otherNext: boolean } {
    const news = timeline.filter(({ at, what }) => !this.told.has(`${at} ${what}`));
    for (const { at, what } of news) {
      this.told.add(`${at} ${what}`);
      this.tellAt(at, what);
    }
    const otherNext = !sameJson(next, this.lastNext);
    this.lastNext = next;
    // A refusal stands in the timeline already.
    if (next.kind === 'wait' && otherNext && provedSince === undefined) this.tell(`waiting for ${next.for}`);
    return { learnt: news.map(({ what }) => what), otherNext };
  }

  /** For `observe`: a read that keeps failing is told once, and again when it is over. */
  readings(): ReadingJournal {
    return {
      readFailed: ({ what, type, message }) => {
        if (this.notRead.get(what) === type) return;
        this.notRead.set(what, type);
        this.journal.record({ entry: 'notRead', what, type, message });
        this.tell(`not read: ${what}: ${type}: ${message}`);
      },
      readSucceeded: ({ what }) => {
        if (this.notRead.delete(what)) this.tell(`read again: ${what}`);
      },
    };
  }
}
