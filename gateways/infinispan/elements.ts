import { Tokenizer, TokenParser } from '@streamparser/json';
import { unreadable } from './failures';

/** The longest entry that is taken; it bounds what a stranger can make us hold. */
export const longestEntry = 64 * 1_048_576;

/** The elements of one JSON array, each as soon as its last byte is there; fails where it is none, or only a part of one. */
export async function* elementsOf(body: AsyncIterable<Buffer>, what: string): AsyncGenerator<unknown, void, undefined> {
  const parser = new ElementParser(what);
  for await (const chunk of body) yield* parser.take(chunk);
  parser.end();
}

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
