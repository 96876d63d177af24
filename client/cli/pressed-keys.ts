import type { Keyboard } from './keyboard';

/** Keys in the order in which they were pressed, none lost while something else is done. */
export class PressedKeys {
  private readonly keys: string[] = [];
  private wake: () => void = () => undefined;
  private stopListening: (() => void) | undefined;

  constructor(private readonly keyboard: Keyboard) {
    this.listen();
  }

  /** Resolves as soon as there is one to take. */
  pressed(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.keys.length > 0) resolve();
    });
  }

  take(): string | undefined {
    return this.keys.shift();
  }

  /** Lends the keyboard, for lines to be typed. */
  async pausedFor<T>(use: (keyboard: Keyboard) => Promise<T>): Promise<T> {
    this.stop();
    try {
      return await use(this.keyboard);
    } finally {
      this.listen();
    }
  }

  stop(): void {
    this.stopListening?.();
    this.stopListening = undefined;
  }

  private listen(): void {
    this.stopListening = this.keyboard.listen((key) => {
      this.keys.push(key);
      this.wake();
    });
  }
}
