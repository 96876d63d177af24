import type { EntryDigest } from '../../gateways/ports';

/** So many that a bucket of a large cache holds a handful of entries; three numbers each, whatever the size of the cache. */
const bucketCount = 65_536;

/** Which buckets are looked into again, entry by entry. */
export interface Suspects {
  has(key: string): boolean;
  buckets: number;
  /** Entries in them on the site that has more. */
  entries: number;
  /** More buckets differ than are looked into. */
  more: boolean;
  /** Entries of the other site in those. */
  uncounted: number;
}

/**
 * The content of one cache in a fixed amount of memory: its entries, each in the bucket that its key belongs to, summed up there.
 * Equal contents give equal sums in whatever order they come; unequal ones give equal sums with a chance of 2^-64 a bucket.
 */
export class Buckets {
  readonly #counts = new Uint32Array(bucketCount);
  readonly #sums = [new Uint32Array(bucketCount), new Uint32Array(bucketCount)] as const;
  #entries = 0;

  get entries(): number {
    return this.#entries;
  }

  add({ key, value }: EntryDigest): void {
    const bucket = bucketOf(key);
    const [first, second] = this.#sums;
    this.#entries += 1;
    this.#counts[bucket]! += 1;
    // Multiplied, so that two keys that exchange their values do not give the same sum.
    first[bucket]! += Math.imul(word(key, 1), word(value, 0) | 1) + word(value, 1);
    second[bucket]! += Math.imul(word(key, 2), word(value, 2) | 1) + word(value, 3);
  }

  /**
   * The buckets in which the two differ, as many as hold no more than `atMost` entries on either site. Those in which the other
   * site has an entry come first: only there can one of it be lost.
   */
  differingFrom(other: Buckets, atMost: number): Suspects {
    const chosen = new Set<number>();
    let [entries, uncounted] = [0, 0];
    let more = false;
    for (const bucket of this.#differing(other)) {
      const held = Math.max(this.#counts[bucket]!, other.#counts[bucket]!);
      if (entries + held > atMost) {
        more = true;
        uncounted += other.#counts[bucket]!;
        continue;
      }
      entries += held;
      chosen.add(bucket);
    }
    return { has: (key) => chosen.has(bucketOf(key)), buckets: chosen.size, entries, more, uncounted };
  }

  #differing(other: Buckets): readonly number[] {
    const differing = Array.from({ length: bucketCount }, (_, bucket) => bucket).filter(
      (bucket) => !this.#isEqual(other, bucket),
    );
    const isHeld = (bucket: number): boolean => other.#counts[bucket]! > 0;
    return [...differing.filter(isHeld), ...differing.filter((bucket) => !isHeld(bucket))];
  }

  #isEqual(other: Buckets, bucket: number): boolean {
    return (
      this.#counts[bucket] === other.#counts[bucket] &&
      this.#sums.every((sums, index) => sums[bucket] === other.#sums[index]![bucket])
    );
  }
}

function bucketOf(key: string): number {
  return parseInt(key.slice(0, 4), 16);
}

/** The n-th 32 bits of a digest. */
function word(digest: string, index: number): number {
  return parseInt(digest.slice(index * 8, index * 8 + 8), 16);
}
