export interface RememberedSecretOptions {
  fetch: () => Promise<string>;
  clock: () => number;
}

const freshForMs = 5 * 60_000;
const retryAfterMs = 30_000;
/** Refusals closer together than this share one fetch: callers with an old value must not hammer the secret store. */
const refetchAtMostEveryMs = 5_000;
/** A secret that is due is waited for only so long when an older one is at hand. */
const refreshWithinMs = 1_000;

/**
 * One secret that is expensive to fetch, kept in memory.
 * What was read once is served on when the store does not answer: a fence must not depend on it.
 */
export class RememberedSecret {
  private text: string | undefined;
  private dueAt = -Infinity;
  private fetchedAt = -Infinity;
  private refusal: { at: number; outcome: Promise<string> } | undefined;
  private fetching: Promise<string> | undefined;

  constructor(private readonly options: RememberedSecretOptions) {}

  async read(): Promise<string> {
    const { text } = this;
    if (text === undefined) return this.fetch();
    if (this.options.clock() < this.dueAt) return text;
    return within(refreshWithinMs, this.fetch(), text);
  }

  /** Fails where the fetch fails: what is remembered has just been refused. */
  readAnew(): Promise<string> {
    const now = this.options.clock();
    if (this.text !== undefined && now - this.fetchedAt < refetchAtMostEveryMs) return Promise.resolve(this.text);
    if (!this.refusal || now - this.refusal.at >= refetchAtMostEveryMs) {
      this.refusal = { at: now, outcome: this.fetch() };
    }
    return this.refusal.outcome;
  }

  private fetch(): Promise<string> {
    this.fetching ??= this.fetchOnce().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetchOnce(): Promise<string> {
    const { clock, fetch } = this.options;
    this.dueAt = clock() + retryAfterMs;
    const text = await fetch();
    this.text = text;
    this.fetchedAt = clock();
    this.dueAt = this.fetchedAt + freshForMs;
    return text;
  }
}

/** The work's outcome, or `otherwise` when it fails or takes longer. */
function within(ms: number, work: Promise<string>, otherwise: string): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise), ms);
    work.then(resolve, () => resolve(otherwise)).finally(() => clearTimeout(timer));
  });
}
