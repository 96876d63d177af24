import type { Keyboard } from '../../../client/cli/keyboard';

/** A person who types the given lines, one for each question; nothing more is Ctrl-D. */
export class FakeKeyboard implements Keyboard {
  readonly asked: string[] = [];
  listening = 0;
  private press: (key: string) => void = () => undefined;

  constructor(private readonly lines: readonly (string | undefined)[] = []) {}

  pressKey(key: string): void {
    if (this.listening > 0) this.press(key);
  }

  listen(pressed: (key: string) => void): () => void {
    this.listening += 1;
    this.press = pressed;
    return () => void (this.listening -= 1);
  }

  ask(question: string): Promise<string | undefined> {
    if (this.listening > 0) throw new Error('it listens to keys: a line would be torn apart');
    this.asked.push(question);
    return Promise.resolve(this.lines[this.asked.length - 1]);
  }
}
