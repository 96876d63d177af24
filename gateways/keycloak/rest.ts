import { Agent } from 'undici';
import { z } from 'zod';
import { OperatingFailure } from '../../domain/failure-types';
import type { SiteName } from '../../domain/site-pair';
import { endedBy, shareable } from '../ended-by';
import { boundedText } from '../http-answers';
import type { CredentialSource, SecretReference } from '../secret-ports';
import * as answers from './answers';
import { connectionFailure, keycloakFailure, statusFailure, unreadable } from './failures';

export interface KeycloakRestOptions {
  site: SiteName;
  /** Base of the site's own Keycloak, with its relative path where it has one. */
  url: string;
  /** PEM of the CA that issued the server's certificate; the system's CAs when absent. Verification is never off. */
  ca?: string;
  /** The realm that knows the client. */
  realm: string;
  clientId: string;
  /** The client's secret, as it is: one text. */
  secret: { source: CredentialSource; reference: SecretReference };
  timeouts?: Partial<Timeouts>;
}

export interface Timeouts {
  connectMs: number;
  answerMs: number;
}

/** What all calls of one errand have in common. */
export interface Errand {
  signal: AbortSignal;
  commandId?: string;
}

interface Asked {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Answer {
  status: number;
  body: string;
}

// The caller's signal is the exact bound; these catch what a signal might not.
const defaultTimeouts: Timeouts = { connectMs: 1_000, answerMs: 10_000 };
// The list of a thousand realms is smaller; this bounds what a stranger can make us hold.
const longestBody = 16 * 1_048_576;

/** One segment of a path. A name cannot leave its place: undici sends the path as it is, without resolving dots. */
export const segment = encodeURIComponent;

/** The REST API of one site's own Keycloak, as the service account of one client. */
export class KeycloakRest {
  private readonly agent: Agent;
  private readonly origin: string;
  private readonly basePath: string;

  constructor(private readonly options: KeycloakRestOptions) {
    const { origin, pathname } = new URL(options.url);
    const { connectMs, answerMs } = { ...defaultTimeouts, ...options.timeouts };
    this.origin = origin;
    this.basePath = pathname.replace(/\/+$/, '');
    this.agent = new Agent({
      connect: { ca: options.ca, rejectUnauthorized: true, timeout: connectMs },
      headersTimeout: answerMs,
      bodyTimeout: answerMs,
    });
  }

  /** Calls of one errand, under one token for as long as Keycloak takes it, and then under another. */
  async session(errand: Errand): Promise<KeycloakSession> {
    return new KeycloakSession(this, errand, await this.token(errand));
  }

  /** What needs no token. */
  async getPublic<T>(path: string, schema: z.ZodType<T>, errand: Errand): Promise<T> {
    return this.parse(`GET ${path}`, await this.send({ method: 'GET', path }, errand), schema);
  }

  /** By client credentials, and once more with the secret fetched anew if it was refused: it may have been rotated. */
  async token(errand: Errand): Promise<string> {
    const { source, reference } = this.options.secret;
    const first = await this.askToken(await this.secret(errand, () => source.read(reference)), errand);
    if (!isRefused(first)) return this.tokenOf(first);
    return this.tokenOf(await this.askToken(await this.secret(errand, () => source.readAnew(reference)), errand));
  }

  async send({ method, path, headers, body }: Asked, { signal, commandId }: Errand): Promise<Answer> {
    const what = this.describe(`${method} ${path}`);
    try {
      const answer = await this.agent.request({
        origin: this.origin,
        path: this.basePath + path,
        method,
        headers: {
          accept: 'application/json',
          'user-agent': commandId ? `sitewarden cmd/${commandId.replace(/[^\w./:-]/g, '-')}` : 'sitewarden',
          ...headers,
        },
        body,
        signal: shareable(signal),
      });
      const text = await boundedText(answer.body, longestBody);
      if (text === undefined) throw unreadable(`${what}: the answer is longer than ${longestBody} bytes.`);
      return { status: answer.statusCode, body: text };
    } catch (error) {
      throw connectionFailure(what, error);
    }
  }

  parse<T>(what: string, { status, body }: Answer, schema: z.ZodType<T>): T {
    if (status !== 200) throw statusFailure(this.describe(what), status);
    try {
      return schema.parse(JSON.parse(body));
    } catch (error) {
      // Without cause: JSON.parse quotes the text, and there may be a token in it.
      const [issue] = error instanceof z.ZodError ? error.issues : [];
      const reason = issue ? [...issue.path, issue.message].join(': ') : 'it is not JSON';
      throw unreadable(`${this.describe(what)}: the answer cannot be understood: ${reason}.`);
    }
  }

  describe(what: string): string {
    return `Keycloak of ${this.options.site}, ${what}`;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private get tokenPath(): string {
    return `/realms/${segment(this.options.realm)}/protocol/openid-connect/token`;
  }

  private askToken(secret: string, errand: Errand): Promise<Answer> {
    const grant = { grant_type: 'client_credentials', client_id: this.options.clientId, client_secret: secret };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(grant).toString();
    return this.send({ method: 'POST', path: this.tokenPath, headers, body }, errand);
  }

  private tokenOf(answer: Answer): string {
    const what = `POST ${this.tokenPath}`;
    if (isRefused(answer)) {
      const message = `${this.describe(what)}: answered ${answer.status}: the client ${this.options.clientId} or its secret was refused.`;
      throw keycloakFailure('KeycloakUnauthorized', message, { retryable: false });
    }
    return this.parse(what, answer, answers.token).access_token;
  }

  private async secret({ signal }: Errand, read: () => Promise<string>): Promise<string> {
    const late = () => connectionFailure(this.describe(`POST ${this.tokenPath}`), { name: 'AbortError' });
    const secret = (await endedBy(signal, late, read)).trim();
    if (!/^[\x21-\x7e]+$/.test(secret)) {
      const message = `The secret of the client ${this.options.clientId} is not one text without spaces.`;
      throw new OperatingFailure('SecretMalformed', message, { retryable: false });
    }
    return secret;
  }
}

/** RFC 6749, section 5.2: a client that is not known by its credentials is answered 401, or 400. */
function isRefused({ status }: Answer): boolean {
  return status === 401 || status === 400;
}

export class KeycloakSession {
  constructor(
    private readonly rest: KeycloakRest,
    private readonly errand: Errand,
    private token: string,
  ) {}

  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.rest.parse(`GET ${path}`, await this.authorized({ method: 'GET', path }), schema);
  }

  /** @returns the status, where it is 204 or 404; everything else fails. */
  async tell(path: string): Promise<204 | 404> {
    const { status } = await this.authorized({ method: 'POST', path });
    if (status !== 204 && status !== 404) throw statusFailure(this.rest.describe(`POST ${path}`), status);
    return status;
  }

  /** A token lasts a minute unless configured otherwise, and an errand through many realms may last longer. */
  private async authorized(asked: Asked): Promise<Answer> {
    const bearer = () => ({ ...asked, headers: { authorization: `Bearer ${this.token}` } });
    const first = await this.rest.send(bearer(), this.errand);
    if (first.status !== 401) return first;
    this.token = await this.rest.token(this.errand);
    return this.rest.send(bearer(), this.errand);
  }
}
