/** One line of a page: its name, and what it tells. */
export function line(name: string, text: string): string {
  return `${name.padEnd(13)}${text}`;
}

/** A name once, and what belongs to it under each other. */
export function lines(name: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => line(index === 0 ? name : '', text));
}
