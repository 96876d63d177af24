import { OperatingFailure } from '../../domain/failure-types';
import type { ArchiveGateway, ArchiveReader } from '../archive-ports';
import { faultOf, readPlaces, reportOf, verified, type Placed } from './chain';
import { beforeTheFirst, nameOf, sealed, written } from './entry';
import { s3Shelf, type S3ShelfOptions } from './s3-shelf';
import { fileShelf } from './file-shelf';
import type { Shelf } from './shelf';
import { timeUp } from '../../runtime/time-up';

export interface Archive extends ArchiveGateway, ArchiveReader {
  /**
   * Succeeds where reports can be archived, as far as that can be found out beforehand: of a bucket its rights to write are not.
   * Fails with `ArchiveUnavailable`.
   */
  check(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How often somebody else may take the place that was free a moment ago. */
const placesTried = 20;

const readWithinMs = 60_000;

/** A folder that all workers share; it is made with the first report. Needs hard links, as every POSIX file system has. */
export function createFileArchive(options: { folder: string }): Archive {
  return chained(fileShelf(options));
}

/** A bucket of S3. Its endpoint, region and credentials are the SDK's own unless told. */
export function createS3Archive(options: S3ShelfOptions): Archive {
  return chained(s3Shelf(options));
}

/**
 * Chains of hashes on a shelf, one a pair. Entries are numbered, and a number can be put only once, so that of several
 * writers each gets a place of its own and knows what lies before it.
 */
export function chained(shelf: Shelf): Archive {
  return {
    async append({ pair, incident, content }, signal) {
      assertName(pair);
      for (let attempt = 1; attempt <= placesTried; attempt += 1) {
        const places = await readPlaces(shelf, pair, signal);
        const there = places.find((place) => !faultOf(place, pair) && isOf(place, { incident, content }));
        if (there?.entry) return receiptOf(there.location, there.entry);
        const last = lastSound(places, pair);
        const sequence = (last?.sequence ?? 0) + 1;
        const entry = sealed({ pair, sequence, incident, previous: last?.hash ?? beforeTheFirst, content });
        const name = nameOf(sequence);
        if (await shelf.put(pair, name, written(entry), signal)) return receiptOf(shelf.locationOf(pair, name), entry);
      }
      throw new OperatingFailure('ArchiveUnavailable', `Others were faster ${placesTried} times in a row.`, {
        retryable: true,
      });
    },

    async read(pair, incident) {
      assertName(pair);
      const places = await readPlaces(shelf, pair, timeUp(readWithinMs));
      const found = places.findLast(({ entry }) => incident === undefined || entry?.incident === incident);
      if (!found) return undefined;
      const fault = faultOf(found, pair);
      if (fault !== undefined || !found.entry) throw broken(found.location, fault ?? '');
      return reportOf(found, found.entry);
    },

    async verify(pair) {
      assertName(pair);
      const places = await readPlaces(shelf, pair, timeUp(readWithinMs));
      return verified(places, pair, (name) => shelf.locationOf(pair, name));
    },

    check: (signal) => shelf.probe(signal),
    close: async () => shelf.close(),
  };
}

const receiptOf = (location: string, { sequence, hash }: { sequence: number; hash: string }) => ({
  location,
  sequence,
  hash,
});

const isOf = ({ entry }: Placed, { incident, content }: { incident: string; content: string }): boolean =>
  entry?.incident === incident && entry.content === content;

/** What a new entry is chained to. A fault further back is for `verify`: it must not keep a run from closing. */
function lastSound(places: readonly Placed[], pair: string): Placed['entry'] {
  const last = places.at(-1);
  if (!last) return undefined;
  const fault = faultOf(last, pair);
  if (fault !== undefined) throw broken(last.location, fault);
  return last.entry;
}

function broken(location: string, fault: string): OperatingFailure {
  return new OperatingFailure('ArchiveBroken', `${location}: ${fault}.`, { retryable: false });
}

/** It becomes a part of paths and keys. */
function assertName(pair: string): void {
  if (!/^[a-z0-9-]{1,40}$/.test(pair)) throw new Error(`"${pair}" is no name of a pair`);
}
