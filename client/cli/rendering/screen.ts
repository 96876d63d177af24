import type { TextStream } from '../output';

const cursorUp = (lines: number): string => `\u001b[${lines}A`;
const clearBelow = '\u001b[0J';
const clearAll = '\u001b[2J\u001b[H';
/** Without them the terminal cuts a long line off at its edge, so that a line is a line and can be drawn over. */
const withoutWrapping = (text: string): string => `\u001b[?7l${text}\u001b[?7h`;

/** Text that is drawn again in its place, in the terminal's ordinary screen: what was before it stays to scroll back to. */
export class Screen {
  private drawn = 0;
  private columns: number | undefined;

  constructor(private readonly terminal: TextStream) {}

  draw(text: string): void {
    const { columns, rows } = this.terminal;
    const lines = fitting(text.split('\n'), rows);
    const moved = this.drawn > 0 && columns !== this.columns ? clearAll : this.backToStart();
    this.terminal.write(withoutWrapping(`${moved}${clearBelow}${lines.join('\n')}\n`));
    this.drawn = lines.length;
    this.columns = columns;
  }

  private backToStart(): string {
    return this.drawn > 0 ? `${cursorUp(this.drawn)}\r` : '';
  }
}

/** What scrolled out above cannot be drawn over, so nothing may. */
function fitting(lines: readonly string[], rows: number | undefined): readonly string[] {
  if (rows === undefined || rows < 3 || lines.length < rows) return lines;
  const shown = lines.slice(0, rows - 2);
  return [...shown, `... and ${lines.length - shown.length} lines more: the window is too low`];
}
