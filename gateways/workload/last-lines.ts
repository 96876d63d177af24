import { oneLine } from '../../domain/one-line';

const keptLines = 20;
const keptCharacters = 2_000;

/** Keeps the end of what a command prints, however much that is: at most 20 lines and 2,000 characters. */
export class LastLines {
  private text = '';

  add(chunk: string): void {
    this.text = (this.text + chunk).slice(-2 * keptCharacters);
  }

  /** Without control characters and empty lines; empty when nothing was printed. */
  toString(): string {
    const lines = this.text.split(/[\r\n]+/).map((line) => oneLine(line, keptCharacters).trim());
    return lines
      .filter((line) => line !== '')
      .slice(-keptLines)
      .join('\n')
      .slice(-keptCharacters);
  }
}
