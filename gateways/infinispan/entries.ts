import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json';
import type { CacheName } from '../../domain/site-pair';
import type { EntryDigest } from '../ports';
import * as answers from './answers';
import { elementsOf } from './elements';
import { unreadable } from './failures';
import { cachePath, readContainer, type Site } from './site';

/** What Java makes of bytes that are no text; after that, different bytes read the same. */
const notText = '\uFFFD';

/**
 * Every entry of a cache, in whatever order the server has them. A key of a typed cache comes with its type
 * (`{"_type":"int32","_value":5}`), which is part of its digest.
 */
export async function* readEntryDigests(
  at: Site,
  cache: CacheName,
  signal: AbortSignal,
): AsyncGenerator<EntryDigest, void, undefined> {
  await readContainer(at, signal);
  const what = `${at.site}, the entries of ${cache}`;
  const body = at.rest.stream(`${cachePath(cache)}?action=entries&limit=-1&metadata=true`, signal);
  for await (const element of elementsOf(body, what)) yield digestOf(element, what);
}

function digestOf(element: unknown, what: string): EntryDigest {
  const { success, data } = answers.entry.safeParse(element);
  if (!success) throw unreadable(`${what}: an entry has no key or no value.`);
  const { key, value, expireTime = -1, created = -1 } = data;
  const digests = { key: digest(key, what), value: digest(value, what), expires: expireTime !== -1 };
  return created === -1 ? digests : { ...digests, created };
}

function digest(value: unknown, what: string): string {
  const text = canonicalJson(value);
  if (text.includes(notText)) {
    throw unreadable(`${what}: some bytes are no text and the server has no type for them; they cannot be compared.`);
  }
  return digestOfBytes(text);
}

export function digestOfBytes(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
