import { createHash } from 'node:crypto';
import { Tokenizer, TokenParser } from '@streamparser/json';
import { canonicalJson } from '../../domain/canonical-json';
import type { CacheName } from '../../domain/site-pair';
import type { EntryDigest } from '../ports';
import * as answers from './answers';
import { unreadable } from './failures';
import { cachePath, readContainer, type Site } from './site';

/** The longest entry that is taken; it bounds what a stranger can make us hold. */
const longestEntry = 64 * 1_048_576;

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
  const elements = new ElementParser(what);
  for await (const chunk of at.rest.stream(`${cachePath(cache)}?action=entries&limit=-1&metadata=true`, signal)) {
    for (const element of elements.take(chunk)) yield digestOf(element, what);
  }
  elements.end();
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
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** The elements of one JSON array, each as soon as its last byte is there. */
class ElementParser {
  private readonly tokenizer = new ExactTokenizer({ stringBufferSize: 65_536 });
  private readonly parser = new TokenParser({ paths: ['$.*'], keepStack: false });
  private elements: unknown[] = [];
  private bytesSinceElement = 0;
  private failure: Error | undefined;

  constructor(private readonly what: string) {
    this.tokenizer.onToken = (token) => this.parser.write(token);
    this.tokenizer.onError = (error) => void (this.failure ??= error);
    this.parser.onError = (error) => void (this.failure ??= error);
    this.parser.onValue = ({ value }) => void this.elements.push(value);
    this.parser.onEnd = () => undefined;
  }

  take(chunk: Buffer): readonly unknown[] {
    this.tokenizer.write(chunk);
    const { elements } = this;
    this.elements = [];
    this.bytesSinceElement = elements.length > 0 ? 0 : this.bytesSinceElement + chunk.length;
    if (this.bytesSinceElement > longestEntry) {
      throw unreadable(`${this.what}: an entry is longer than ${longestEntry} bytes.`);
    }
    this.requireJson();
    return elements;
  }

  /** An answer that was cut short is no answer: what is missing would be taken for absent. */
  end(): void {
    if (!this.parser.isEnded) this.failure ??= new Error('it ended too early');
    this.requireJson();
  }

  private requireJson(): void {
    // Without the parser's own words: they quote the text.
    if (this.failure) throw unreadable(`${this.what}: the answer is not a JSON array, or only a part of one.`);
  }
}

/** Numbers keep every digit: an int64 does not fit into JavaScript's own. */
class ExactTokenizer extends Tokenizer {
  protected override parseNumber(text: string): number {
    const value = Number(text);
    return String(value) === text ? value : (`number ${text}` as unknown as number);
  }
}
