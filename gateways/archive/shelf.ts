/**
 * A place for the entries of chains: texts by pair and name. What is put there is never replaced.
 * Its methods fail with `ArchiveUnavailable` and with nothing else.
 */
export interface Shelf {
  /** The names of a pair's entries, in any order; other things that lie there may be among them. */
  names(pair: string, signal: AbortSignal): Promise<readonly string[]>;
  read(pair: string, name: string, signal: AbortSignal): Promise<string>;
  /** @returns false when there is something of this name already; it is as it was. */
  put(pair: string, name: string, text: string, signal: AbortSignal): Promise<boolean>;
  /** As a person would look for it. */
  locationOf(pair: string, name: string): string;
  close(): void;
}
