interface Waiter {
  /** Settles the waiter when what it waits for is there. */
  look: () => void;
  fail: (reason: Error) => void;
}

export interface Patience {
  /** Bound of the wait in real time, whatever clock the stand-in runs on. Default 5,000. */
  withinMs?: number;
  /** What is awaited, for the error. */
  what?: string;
}

/** Lets callers wait for a condition that is looked at again whenever something has changed: no polling, no sleeps. */
export class Watchers {
  private readonly waiters = new Set<Waiter>();

  changed(): void {
    for (const waiter of [...this.waiters]) waiter.look();
  }

  /**
   * @returns what `find` finds, now or after a later change.
   * Fails after `withinMs`, with `explain` telling what there is instead.
   */
  until<T>(find: () => T | undefined, explain: () => string, { withinMs = 5_000, what }: Patience = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(bound);
        this.waiters.delete(waiter);
        end();
      };
      const waiter: Waiter = {
        look: () => {
          try {
            const found = find();
            if (found !== undefined) settle(() => resolve(found));
          } catch (thrown) {
            settle(() => reject(thrown instanceof Error ? thrown : new Error(String(thrown))));
          }
        },
        fail: (reason) => settle(() => reject(reason)),
      };
      const bound = setTimeout(() => {
        waiter.fail(new Error(`Not within ${withinMs} ms: ${what ?? 'what was awaited'}. ${explain()}`));
      }, withinMs);
      this.waiters.add(waiter);
      waiter.look();
    });
  }

  close(): void {
    for (const waiter of [...this.waiters]) waiter.fail(new Error('The AWS stand-in was closed during the wait.'));
  }
}
