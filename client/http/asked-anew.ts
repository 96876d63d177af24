/** Whoever waits for an answer waits no longer than this. */
const patienceMs = 1_500;

/** One question to a store, asked again when its answer has become old; never twice at the same time. */
export class AskedAnew {
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;

  /**
   * @param question Must not fail.
   * @param now monotonic milliseconds.
   */
  constructor(
    private readonly question: () => Promise<void>,
    private readonly now: () => number,
  ) {}

  ageMs(): number {
    return this.now() - this.askedAtMs;
  }

  /** Waits for the answer, but only so long; what comes later is there for the next one. */
  async ifOlderThan(ms: number): Promise<void> {
    if (!this.asking && this.ageMs() < ms) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([this.ask(), late]);
    clearTimeout(timer);
  }

  /** One question at a time; whoever comes meanwhile waits for the same answer. */
  ask(): Promise<void> {
    if (!this.asking) {
      this.askedAtMs = this.now();
      this.asking = this.question().finally(() => (this.asking = undefined));
    }
    return this.asking;
  }
}
