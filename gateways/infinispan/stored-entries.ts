import { z } from 'zod';
import { canonicalJson } from '../../domain/canonical-json';
import type { CacheName } from '../../domain/site-pair';
import type { EntryDigest } from '../ports';
import { elementsOf, longestEntry } from './elements';
import { digestOfBytes } from './entries';
import { unreadable } from './failures';
import { segment } from './rest';
import { cachePath, readContainer, type Site } from './site';

/** As many as there are connections to one server. */
const atOnce = 16;

/**
 * How often keys are listed, while some of those that came since are gone before they are read: each time fewer. A key that is no
 * text is listed by another name each time.
 */
const lists = 6;

/** What means something else than a key as a segment of a path, or cannot be one: half a character. */
const noSegment = /^\.{0,2}$|\p{Surrogate}/u;

/** What protobuf caches store; sites replicate and push these bytes as they are. */
const storedType = 'application/x-protostream';

/**
 * Every entry of a protobuf cache whose keys are texts, read one by one, as bytes. For what the server cannot write as JSON: it
 * breaks its list of entries off at a map of messages that hold messages themselves (ProtoStream, issue 738), as Keycloak's
 * `authenticationSessions` are. Fails where a key is listed and no entry is found by it, as of a key that is no text: what cannot
 * be read is not taken for absent.
 */
export async function* readStoredDigests(
  at: Site,
  cache: CacheName,
  signal: AbortSignal,
): AsyncGenerator<EntryDigest, void, undefined> {
  await readContainer(at, signal);
  const read = new Set<string>();
  let missing = new Set<string>();
  for (let list = 0; list < lists; list += 1) {
    const left = (await listKeys(at, cache, signal)).filter((key) => !read.has(key));
    // What was removed meanwhile is listed no more.
    if (left.some((key) => missing.has(key))) break;
    missing = new Set();
    for await (const { key, digest } of readEach(at, cache, left, signal)) {
      if (!digest) {
        missing.add(key);
        continue;
      }
      read.add(key);
      yield digest;
    }
    if (missing.size === 0) return;
  }
  throw unreadable(`${at.site}, ${cache}: a key is listed by which no entry is found; it may be no text.`);
}

async function listKeys(at: Site, cache: CacheName, signal: AbortSignal): Promise<readonly string[]> {
  const what = `${at.site}, the keys of ${cache}`;
  const keys = new Set<string>();
  for await (const element of elementsOf(at.rest.stream(`${cachePath(cache)}?action=keys`, signal), what)) {
    const { data: key } = z.string().safeParse(element);
    if (key === undefined || noSegment.test(key)) throw unreadable(`${what}: a key cannot be asked for by a path.`);
    if (keys.has(key)) throw unreadable(`${what}: two of them read alike.`);
    keys.add(key);
  }
  return [...keys];
}

interface Stored {
  key: string;
  /** Absent where no entry is found by this key. */
  digest?: EntryDigest;
}

async function* readEach(
  at: Site,
  cache: CacheName,
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Stored, void, undefined> {
  for (let first = 0; first < keys.length; first += atOnce) {
    const some = keys.slice(first, first + atOnce);
    yield* await Promise.all(some.map((key) => readStored(at, cache, key, signal)));
  }
}

async function readStored({ rest }: Site, cache: CacheName, key: string, signal: AbortSignal): Promise<Stored> {
  const asked = { accept: storedType, atMost: longestEntry, signal };
  const found = await rest.findBytes(`${cachePath(cache)}/${segment(key)}`, asked);
  if (!found) return { key };
  const { bytes, headers } = found;
  const digest = { key: digestOfBytes(canonicalJson(key)), value: digestOfBytes(bytes) };
  if (headers['expires'] === undefined) return { key, digest: { ...digest, expires: false } };
  const created = Number(headers['created']);
  return { key, digest: { ...digest, expires: true, ...(created > 0 ? { created } : {}) } };
}
