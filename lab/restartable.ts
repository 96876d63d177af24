import type { Part } from './processes';

/** A part that can be stopped, killed and started again: on the same ports and with what it had written to disk. */
export class Restartable {
  readonly #start: () => Promise<Part>;
  #part: Part | undefined;

  constructor(start: () => Promise<Part>) {
    this.#start = start;
  }

  /** Returns when it is ready. */
  async start(): Promise<void> {
    this.#part = await this.#start();
  }

  /** Lets it end in its own way. Returns when it is gone. */
  async stop(): Promise<void> {
    await this.#part?.stop();
  }

  /** Ends it like a crash. Returns when it is gone. */
  async kill(): Promise<void> {
    await this.#part?.kill();
  }

  /** Its connections stay open and nothing answers, until `thaw`. */
  freeze(): void {
    this.#part?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#part?.signal('SIGCONT');
  }

  get pid(): number | undefined {
    return this.#part?.pid;
  }
}
