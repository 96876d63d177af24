import type { Progress } from '../../domain/comparison';
import type { CacheName } from '../../domain/site-pair';
import type { ReplicationGateway } from '../../gateways/ports';
import type { Attempt } from '../attempt';

/** How many entries go by between two tellings; what is told more often than it is sent on is not sent. */
const tellEvery = 500;

/** How far a comparison has come: entries read on both sites, of those that it has to read. */
export class Pace {
  #progress: Progress;

  private constructor(
    private readonly attempt: Pick<Attempt, 'clock' | 'tell'>,
    private readonly sizes: Readonly<Record<CacheName, number>>,
  ) {
    const now = attempt.clock.now();
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    this.#progress = { what: 'comparing', done: 0, total, since: now, at: now };
  }

  static async over(
    sides: Readonly<Record<'keep' | 'stale', ReplicationGateway>>,
    caches: readonly CacheName[],
    attempt: Attempt,
  ): Promise<Pace> {
    const [keep, stale] = await Promise.all([
      sides.keep.readSizes(caches, attempt.signal),
      sides.stale.readSizes(caches, attempt.signal),
    ]);
    return new Pace(attempt, Object.fromEntries(caches.map((cache) => [cache, keep[cache]! + stale[cache]!])));
  }

  begin(what: string): void {
    this.#progress = { ...this.#progress, what };
    this.#tell();
  }

  /** What was read already has to be read once more. */
  beginAgain(what: string, cache: CacheName): void {
    this.#progress.total += this.sizes[cache] ?? 0;
    this.begin(what);
  }

  step(): void {
    this.#progress.done += 1;
    if (this.#progress.done % tellEvery === 0) this.#tell();
  }

  #tell(): void {
    const { done, total } = this.#progress;
    this.#progress = { ...this.#progress, total: Math.max(done, total), at: this.attempt.clock.now() };
    this.attempt.tell({ ...this.#progress });
  }
}
