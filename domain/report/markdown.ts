import { oneLine } from '../one-line';

/**
 * Text as it is, on one line, whatever it holds: nothing that was heard may draw a heading, a link, a cell or HTML of its own.
 * Every ASCII punctuation mark may stand behind a backslash (CommonMark, "Backslash escapes").
 */
export function asText(raw: string, length = 1_000): string {
  const shown = raw.length > length ? `${raw.slice(0, length)} (cut off here)` : raw;
  return oneLine(shown, shown.length)
    .trim()
    .replace(/[\\`*_[\]<|&~$]/g, '\\$&')
    .replace(/^[-+=>#]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** A heading with what belongs under it; nothing where there is nothing to tell. */
export function section(heading: string, ...parts: readonly string[]): string {
  const told = parts.filter((part) => part !== '');
  return told.length === 0 ? '' : [`## ${heading}`, ...told].join('\n\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** Cells are Markdown already; an empty table is nothing. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
