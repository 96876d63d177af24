import { Agent, type Dispatcher } from 'undici';
import { z } from 'zod';
import type { SiteName } from '../../domain/site-pair';
import { parseUsernamePassword } from '../../domain/username-password';
import { endedBy } from '../ended-by';
import { boundedBytes, boundedText } from '../http-answers';
import type { Sending } from '../ports';
import type { CredentialSource, SecretReference } from '../secret-ports';
import { connectionFailure, statusFailure, unreadable } from './failures';

export interface RestOptions {
  site: SiteName;
  /** Base of the server, without `/rest`. */
  url: string;
  /** PEM of the CA that issued the server's certificate; the system's CAs when absent. Verification is never off. */
  ca?: string;
  credentials: { source: CredentialSource; reference: SecretReference };
  timeouts?: Partial<Timeouts>;
}

export interface Timeouts {
  connectMs: number;
  readMs: number;
  changeMs: number;
  /** Of a body that is read as it comes: the longest silence in it. However long all of it takes is the caller's signal's. */
  streamMs: number;
}

interface Answer {
  status: number;
  body: string;
}

interface Asked extends Partial<Pick<Sending, 'commandId'>>, Pick<Sending, 'signal'> {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  limitMs: number;
}

// Every read must be done within 2 s; the caller's signal is the exact bound, these catch what a signal might not.
const defaultTimeouts: Timeouts = { connectMs: 1_000, readMs: 1_800, changeMs: 3_500, streamMs: 15_000 };
// A list of names or statuses is far smaller; this bounds what a stranger can make us hold.
const longestBody = 1_048_576;

/** Infinispan's REST API, version 2 (16.0 has no version 3), as one user of one site. */
export class InfinispanRest {
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly basePath: string;
  private readonly timeouts: Timeouts;

  constructor(private readonly options: RestOptions) {
    const { origin, pathname } = new URL(options.url);
    this.origin = origin;
    this.basePath = `${pathname.replace(/\/+$/, '')}/rest/v2`;
    this.timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.agent = new Agent({
      connect: { ca: options.ca, rejectUnauthorized: true, timeout: this.timeouts.connectMs },
      connections: 16,
      pipelining: 1,
    });
  }

  async get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.parse(`GET ${path}`, await this.read(path, signal), schema);
  }

  /** Like `get`, but 404 is an answer, `undefined`, and no failure. */
  async find<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> {
    const answer = await this.read(path, signal);
    return answer.status === 404 ? undefined : this.parse(`GET ${path}`, answer, schema);
  }

  async post<T>(path: string, schema: z.ZodType<T>, sending: Sending): Promise<T> {
    return this.parse(`POST ${path}`, await this.change(path, sending), schema);
  }

  /** For what is answered with nothing but a status. */
  async tell(path: string, sending: Sending, headers?: Record<string, string>): Promise<void> {
    const { status, body } = await this.change(path, sending, headers);
    requireSuccess(this.describe(`POST ${path}`), status, body);
  }

  /** A value in one media type, as bytes, with the headers that tell of it; `undefined` where there is none (404). */
  async findBytes(
    path: string,
    { accept, atMost, signal }: { accept: string; atMost: number; signal: AbortSignal },
  ): Promise<{ bytes: Buffer; headers: Dispatcher.ResponseData['headers'] } | undefined> {
    const what = this.describe(`GET ${path}`);
    const asked = { method: 'GET', path, headers: { accept }, signal, limitMs: this.timeouts.readMs } as const;
    const { statusCode, headers, body } = await this.answered(asked);
    try {
      if (statusCode !== 200) {
        const said = await readText(body, what);
        if (statusCode === 404) return undefined;
        // Another success has no value in it, or a part of one: it would read like every other.
        throw statusFailure(what, statusCode, said);
      }
      const bytes = await boundedBytes(body, atMost);
      if (bytes === undefined) throw unreadable(`${what}: the answer is longer than ${atMost} bytes.`);
      return { bytes, headers };
    } catch (error) {
      throw connectionFailure(what, error);
    }
  }

  /** The body as it comes; what is not taken yet is not sent either. */
  async *stream(path: string, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const what = this.describe(`GET ${path}`);
    const { statusCode, body } = await this.answered({ method: 'GET', path, signal, limitMs: this.timeouts.streamMs });
    try {
      if (statusCode !== 200) requireSuccess(what, statusCode, await readText(body, what));
      for await (const chunk of body as AsyncIterable<Buffer>) yield chunk;
    } catch (error) {
      throw connectionFailure(what, error);
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private read(path: string, signal: AbortSignal): Promise<Answer> {
    return this.text({ method: 'GET', path, signal, limitMs: this.timeouts.readMs });
  }

  private change(path: string, sending: Sending, headers?: Record<string, string>): Promise<Answer> {
    return this.text({ method: 'POST', path, headers, limitMs: this.timeouts.changeMs, ...sending });
  }

  private async text(asked: Asked): Promise<Answer> {
    const what = this.describe(`${asked.method} ${asked.path}`);
    const { statusCode, body } = await this.answered(asked);
    try {
      return { status: statusCode, body: await readText(body, what) };
    } catch (error) {
      throw connectionFailure(what, error);
    }
  }

  /**
   * Sends, and once more with credentials fetched anew if they were refused (they may have been rotated).
   * A refused request did nothing, so this is safe for commands as well.
   */
  private async answered(asked: Asked): Promise<Dispatcher.ResponseData> {
    const { source, reference } = this.options.credentials;
    const late = () => connectionFailure(this.describe(`${asked.method} ${asked.path}`), { name: 'AbortError' });
    const inTime = (secret: () => Promise<string>) => endedBy(asked.signal, late, secret);
    const first = await this.send(asked, await inTime(() => source.read(reference)));
    if (first.statusCode !== 401) return first;
    await first.body.dump({ limit: longestBody, signal: asked.signal }).catch(() => undefined);
    return this.send(asked, await inTime(() => source.readAnew(reference)));
  }

  private async send(asked: Asked, secret: string): Promise<Dispatcher.ResponseData> {
    const { method, path, commandId, signal, headers, limitMs } = asked;
    const { username, password } = parseUsernamePassword(secret);
    try {
      return await this.agent.request({
        origin: this.origin,
        path: this.basePath + path,
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
          accept: 'application/json',
          'user-agent': commandId ? `sitewarden cmd/${commandId.replace(/[^\w./:-]/g, '-')}` : 'sitewarden',
          ...headers,
        },
        signal,
        headersTimeout: limitMs,
        bodyTimeout: limitMs,
      });
    } catch (error) {
      throw connectionFailure(this.describe(`${method} ${path}`), error);
    }
  }

  private parse<T>(what: string, { status, body }: Answer, schema: z.ZodType<T>): T {
    requireSuccess(this.describe(what), status, body);
    try {
      return schema.parse(JSON.parse(body));
    } catch (error) {
      // Without cause: JSON.parse quotes the text, and who wrote it is not known.
      const [issue] = error instanceof z.ZodError ? error.issues : [];
      const reason = issue ? [...issue.path, issue.message].join(': ') : 'it is not JSON';
      throw unreadable(`${this.describe(what)}: the answer cannot be understood: ${reason}.`);
    }
  }

  private describe(what: string): string {
    return `${this.options.site}, ${what}`;
  }
}

/** One segment of a path. A name cannot leave its place: undici sends the path as it is, without resolving dots. */
export const segment = encodeURIComponent;

function requireSuccess(what: string, status: number, body: string): void {
  if (status < 200 || status > 299) throw statusFailure(what, status, body);
}

async function readText(body: AsyncIterable<Buffer>, what: string): Promise<string> {
  const text = await boundedText(body, longestBody);
  if (text === undefined) throw unreadable(`${what}: the answer is longer than ${longestBody} bytes.`);
  return text;
}
