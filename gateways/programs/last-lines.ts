import { oneLine } from '../../domain/one-line';

export interface Kept {
  lines: number;
  characters: number;
}

const usual: Kept = { lines: 20, characters: 2_000 };

/**
 * Keeps the end of what a command prints, however much that is: at most 20 lines and 2,000 characters, unless told otherwise. What is
 * hidden is masked before anything is cut, so that no part of it is left.
 */
export class LastLines {
  private text = '';
  private isCut = false;
  private readonly hidden: readonly string[];

  constructor(
    private readonly kept: Kept = usual,
    hidden: readonly string[] = [],
  ) {
    // Of two the longer one first: it may hold the other.
    this.hidden = hidden.flatMap(writings).sort((one, other) => other.length - one.length);
  }

  add(chunk: string): void {
    const text = this.text + chunk;
    this.text = text.slice(-2 * this.kept.characters - this.longestHidden);
    this.isCut ||= text.length > this.text.length;
  }

  /** Without control characters and empty lines; empty when nothing was printed. */
  toString(): string {
    const { lines: most, characters } = this.kept;
    const lines = this.masked()
      .split(/[\r\n]+/)
      .map((line) => oneLine(line, characters).trim());
    return lines
      .filter((line) => line !== '')
      .slice(-most)
      .join('\n')
      .slice(-characters);
  }

  /** What is left of a hidden text at the very begin, where it was cut, is not shown either. */
  private masked(): string {
    const masked = this.hidden.reduce((text, one) => text.replaceAll(one, '***'), this.text);
    return this.isCut ? masked.slice(this.longestHidden) : masked;
  }

  private get longestHidden(): number {
    return this.hidden[0]?.length ?? 0;
  }
}

/** As it is, and as programs write it into JSON. */
function writings(hidden: string): readonly string[] {
  return hidden === '' ? [] : [hidden, JSON.stringify(hidden).slice(1, -1)];
}
