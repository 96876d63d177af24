import { clockTime } from '../../../domain/time';
import { noColours } from '../output';
import { asData } from '../pair-data';
import { renderStatusLine, type PairRow } from '../rendering/status-table';
import type { Session } from '../session';
import type { View } from './view';

/** One line for each change: of the phase, of a site, of what is waited for, of how far a long step has come. */
export class Changes implements View {
  private readonly told = new Map<string, string>();

  constructor(private readonly session: Session) {}

  show(rows: readonly PairRow[]): void {
    this.told.delete('');
    const { output, surroundings } = this.session;
    const now = surroundings.clock.now();
    for (const row of rows) {
      const { name } = row.pair;
      if (!this.isNews(name, renderStatusLine(row, now, noColours))) continue;
      const text = `${clockTime(now)}  ${renderStatusLine(row, now, output.colours)}`;
      output.event(text, { at: now, ...asData(name, row.status) });
    }
  }

  silent(why: string): void {
    const { output, surroundings } = this.session;
    const now = surroundings.clock.now();
    if (this.isNews('', why)) output.event(`${clockTime(now)}  ${output.colours.red(why)}`, { at: now, error: why });
  }

  private isNews(key: string, said: string): boolean {
    if (this.told.get(key) === said) return false;
    this.told.set(key, said);
    return true;
  }
}
