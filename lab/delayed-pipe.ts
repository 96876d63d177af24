import type { Socket } from 'node:net';

/** Forwards bytes from one socket to another, each after a delay and always in order, also when the delay changes. */
export class DelayedPipe {
  delayMs: number;
  readonly #to: Socket;
  readonly #waiting: { data: Buffer; dueAtMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, delayMs: number) {
    this.#to = to;
    this.delayMs = delayMs;
    from.on('data', (data: Buffer) => this.#take(data));
  }

  /** Whether something is on its way that has not arrived. */
  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  #take(data: Buffer): void {
    if (this.delayMs === 0 && this.#waiting.length === 0) {
      this.#write(data);
      return;
    }
    this.#waiting.push({ data, dueAtMs: performance.now() + this.delayMs });
    this.#arm();
  }

  #arm(): void {
    const first = this.#waiting[0];
    if (!first || this.#timer) return;
    this.#timer = setTimeout(() => this.#writeDue(), Math.max(0, first.dueAtMs - performance.now()));
  }

  #writeDue(): void {
    this.#timer = undefined;
    // The head decides: bytes that came later with a shorter delay must not overtake it.
    while (this.#waiting[0] && this.#waiting[0].dueAtMs <= performance.now()) this.#write(this.#waiting.shift()!.data);
    this.#arm();
  }

  #write(data: Buffer): void {
    if (!this.#to.destroyed) this.#to.write(data);
  }
}
