import type { ArchivedReport, VerifiedChain } from '../archive-ports';
import { beforeTheFirst, hashOf, nameOf, readEntry, sequenceOf, type Entry } from './entry';
import type { Shelf } from './shelf';

const readAtOnce = 16;

/** What lies at one place of a chain. */
export interface Placed {
  sequence: number;
  location: string;
  /** Absent where it cannot be understood. */
  entry?: Entry;
}

/** Everything of a pair's chain, in its order. */
export async function readPlaces(shelf: Shelf, pair: string, signal: AbortSignal): Promise<Placed[]> {
  const names = await shelf.names(pair, signal);
  const sequences = names.flatMap((name) => sequenceOf(name) ?? []).sort((left, right) => left - right);
  const places: Placed[] = [];
  for (let first = 0; first < sequences.length; first += readAtOnce) {
    const some = sequences.slice(first, first + readAtOnce);
    places.push(...(await Promise.all(some.map((sequence) => readPlace(shelf, { pair, sequence }, signal)))));
  }
  return places;
}

async function readPlace(
  shelf: Shelf,
  { pair, sequence }: { pair: string; sequence: number },
  signal: AbortSignal,
): Promise<Placed> {
  const name = nameOf(sequence);
  const entry = readEntry(await shelf.read(pair, name, signal));
  return { sequence, location: shelf.locationOf(pair, name), ...(entry && { entry }) };
}

/** Why what lies there is not what was written there; `undefined` when it is. What came before is another question. */
export function faultOf({ sequence, entry }: Placed, pair: string): string | undefined {
  if (!entry) return 'this is no entry of an archive';
  if (entry.pair !== pair) return `this entry is of another pair, ${entry.pair}`;
  if (entry.sequence !== sequence) return `this entry was written as number ${entry.sequence}`;
  if (entry.hash !== hashOf(entry)) return 'this entry was changed: its hash is another one';
  return undefined;
}

export function verified(places: readonly Placed[], pair: string, locationOf: (name: string) => string): VerifiedChain {
  const faults: { location: string; says: string }[] = [];
  let before: { sequence: number; hash: string | undefined } = { sequence: 0, hash: beforeTheFirst };
  for (const place of places) {
    const { sequence, location, entry } = place;
    for (let missing = before.sequence + 1; missing < sequence; missing += 1) {
      faults.push({ location: locationOf(nameOf(missing)), says: 'this entry is missing' });
    }
    const fault = faultOf(place, pair);
    const follows = sequence === before.sequence + 1 && before.hash !== undefined;
    if (fault !== undefined) faults.push({ location, says: fault });
    else if (follows && entry?.previous !== before.hash) {
      faults.push({ location, says: 'this entry was written after another one than lies before it' });
    }
    // After a fault only the hash that was written there tells what came next.
    before = { sequence, hash: entry?.hash };
  }
  return { links: places.flatMap(linkOf), faults };
}

function linkOf({ location, entry }: Placed) {
  return entry ? [{ incident: entry.incident, sequence: entry.sequence, hash: entry.hash, location }] : [];
}

export function reportOf({ location }: Placed, { incident, sequence, hash, content }: Entry): ArchivedReport {
  return { incident, sequence, hash, location, content };
}
