import { Agent } from 'undici';
import { z } from 'zod';
import type { SiteName } from '../../domain/site-pair';
import { parseUsernamePassword } from '../../domain/username-password';
import { endedBy } from '../ended-by';
import type { CredentialSource, SecretReference, Sending } from '../ports';
import { connectionFailure, statusFailure, unreadable } from './failures';

export interface RestOptions {
  site: SiteName;
  /** Base of the server, without `/rest`. */
  url: string;
  /** PEM of the CA that issued the server's certificate; the system's CAs when absent. Verification is never off. */
  ca?: string;
  credentials: { source: CredentialSource; reference: SecretReference };
  timeouts?: { connectMs: number; readMs: number; changeMs: number };
}

interface Answer {
  status: number;
  body: string;
}

// Every read must be done within 2 s; the caller's signal is the exact bound, these catch what a signal might not.
const defaultTimeouts = { connectMs: 1_000, readMs: 1_800, changeMs: 3_500 };
// A list of names or statuses is far smaller; this bounds what a stranger can make us hold.
const longestBody = 1_048_576;

/** Infinispan's REST API, version 2 (16.0 has no version 3), as one user of one site. */
export class InfinispanRest {
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly basePath: string;
  private readonly timeouts: NonNullable<RestOptions['timeouts']>;

  constructor(private readonly options: RestOptions) {
    const { origin, pathname } = new URL(options.url);
    this.origin = origin;
    this.basePath = `${pathname.replace(/\/+$/, '')}/rest/v2`;
    this.timeouts = options.timeouts ?? defaultTimeouts;
    this.agent = new Agent({
      connect: { ca: options.ca, rejectUnauthorized: true, timeout: this.timeouts.connectMs },
      connections: 16,
      pipelining: 1,
    });
  }

  async get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.parse(`GET ${path}`, await this.answered('GET', path, { signal }), schema);
  }

  /** Like `get`, but 404 is an answer, `undefined`, and no failure. */
  async find<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> {
    const answer = await this.answered('GET', path, { signal });
    return answer.status === 404 ? undefined : this.parse(`GET ${path}`, answer, schema);
  }

  async post<T>(path: string, schema: z.ZodType<T>, sending: Sending): Promise<T> {
    return this.parse(`POST ${path}`, await this.answered('POST', path, sending), schema);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  /**
   * Sends, and once more with credentials fetched anew if they were refused (they may have been rotated).
   * A refused request did nothing, so this is safe for commands as well.
   */
  private async answered(method: 'GET' | 'POST', path: string, sending: Partial<Sending> & Pick<Sending, 'signal'>) {
    const { source, reference } = this.options.credentials;
    const late = () => connectionFailure(this.describe(`${method} ${path}`), { name: 'AbortError' });
    const inTime = (secret: () => Promise<string>) => endedBy(sending.signal, late, secret);
    const first = await this.send(method, path, await inTime(() => source.read(reference)), sending);
    if (first.status !== 401) return first;
    return this.send(method, path, await inTime(() => source.readAnew(reference)), sending);
  }

  private async send(
    method: 'GET' | 'POST',
    path: string,
    secret: string,
    { commandId, signal }: Partial<Sending> & Pick<Sending, 'signal'>,
  ): Promise<Answer> {
    const { username, password } = parseUsernamePassword(secret);
    const limitMs = method === 'GET' ? this.timeouts.readMs : this.timeouts.changeMs;
    try {
      const { statusCode, body } = await this.agent.request({
        origin: this.origin,
        path: this.basePath + path,
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
          accept: 'application/json',
          'user-agent': commandId ? `sitewarden cmd/${commandId.replace(/[^\w./:-]/g, '-')}` : 'sitewarden',
        },
        signal,
        headersTimeout: limitMs,
        bodyTimeout: limitMs,
      });
      return { status: statusCode, body: await readText(body, this.describe(`${method} ${path}`)) };
    } catch (error) {
      throw connectionFailure(this.describe(`${method} ${path}`), error);
    }
  }

  private parse<T>(what: string, { status, body }: Answer, schema: z.ZodType<T>): T {
    if (status < 200 || status > 299) throw statusFailure(this.describe(what), status, body);
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

async function readText(body: AsyncIterable<Buffer>, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > longestBody) throw unreadable(`${what}: the answer is longer than ${longestBody} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
