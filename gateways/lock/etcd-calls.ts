import { Agent } from 'undici';
import type { z } from 'zod';
import { OperatingFailure } from '../../domain/failure-types';
import { oneLine } from '../../domain/one-line';
import { parseUsernamePassword, type UsernamePassword } from '../../domain/username-password';
import { endedBy, shareable } from '../ended-by';
import { boundedText, connectionFault } from '../http-answers';
import type { CredentialSource } from '../secret-ports';
import { authenticated, refused } from './etcd-answers';
import { unavailable } from './failures';
import { timeUp } from '../../runtime/time-up';

export interface EtcdServers {
  /** Client URLs of the members; any of them answers for all. */
  endpoints: readonly string[];
  /** PEM of the CA that issued the servers' certificates; the system's CAs when absent. Verification is never off. */
  ca?: string;
  /** PEM of our own certificate and its key, where the servers ask for one. */
  certificate?: { cert: string; key: string };
  /** JSON with username and password, where authentication is enabled. */
  credentials?: { source: CredentialSource; reference: string };
  timeouts?: { connectMs: number; answerMs: number };
}

/** An answer of etcd that is an error: its gRPC code. */
export class EtcdRefusal extends Error {
  override readonly name = 'EtcdRefusal';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** google.rpc.Code */
export const notFound = 5;
const unauthenticated = 16;
const permissionDenied = 7;
const invalidArgument = 3;
const passing = new Set([1, 2, 4, 8, 10, 13, 14]);
/** Of a token that was given before somebody changed users or roles (etcd's rpctypes, ErrAuthOldRevision). */
const oldRevision = /revision of auth store is old/;

const answerLimitBytes = 65_536;

/** Calls etcd's gateway: the members one after the other until one answers, beginning with the one that did so last, or is next. */
export class EtcdCalls {
  private readonly agent: Agent;
  private readonly answerMs: number;
  private first = 0;
  private token: string | undefined;

  constructor(private readonly servers: EtcdServers) {
    const { ca, certificate, timeouts = { connectMs: 1_000, answerMs: 1_500 } } = servers;
    this.answerMs = timeouts.answerMs;
    this.agent = new Agent({
      connect: { ca, ...certificate, rejectUnauthorized: true, timeout: timeouts.connectMs },
      headersTimeout: timeouts.answerMs,
      bodyTimeout: timeouts.answerMs,
    });
  }

  /** @throws EtcdRefusal where etcd answered with an error that says something; else fails with `LockUnavailable`. */
  async call<Answer>(path: string, body: object, schema: z.ZodType<Answer>, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.callOnce(path, body, schema, signal);
    } catch (error) {
      if (this.token === undefined || !isOutdated(error)) throw told(error);
      this.token = undefined;
      return this.callOnce(path, body, schema, signal).catch((again: unknown) => {
        throw told(again);
      });
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async callOnce<Answer>(
    path: string,
    body: object,
    schema: z.ZodType<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const authorization = await this.authorization(signal);
    return this.ofAnyMember(path, body, schema, signal, authorization);
  }

  private async authorization(signal: AbortSignal): Promise<string | undefined> {
    const { credentials } = this.servers;
    if (!credentials) return undefined;
    if (this.token !== undefined) return this.token;
    const { source, reference } = credentials;
    try {
      return (this.token = await this.logIn(() => source.read(reference), signal));
    } catch (error) {
      if (!isRefusedLogin(error)) throw error;
      return (this.token = await this.logIn(() => source.readAnew(reference), signal));
    }
  }

  private async logIn(read: () => Promise<string>, signal: AbortSignal): Promise<string> {
    const { username: name, password } = await readPassword(read, signal);
    const { token } = await this.ofAnyMember('/v3/auth/authenticate', { name, password }, authenticated, signal);
    return token;
  }

  private async ofAnyMember<Answer>(
    path: string,
    body: object,
    schema: z.ZodType<Answer>,
    signal: AbortSignal,
    authorization?: string,
  ): Promise<Answer> {
    const { endpoints } = this.servers;
    let failure: unknown;
    const { first } = this;
    for (let tried = 0; tried < endpoints.length; tried += 1) {
      const index = (first + tried) % endpoints.length;
      try {
        const answer = await this.ofMember(endpoints[index] ?? '', { path, body, authorization }, signal);
        this.first = index;
        return understood(answer, schema);
      } catch (error) {
        failure = error;
        const mayBeItsOwn = !(error instanceof EtcdRefusal) || passing.has(error.code);
        // Of a call whose time it took up as well: the next one must not wait for it again.
        if (mayBeItsOwn) this.first = (index + 1) % endpoints.length;
        if (signal.aborted || !mayBeItsOwn) break;
      }
    }
    throw failure;
  }

  private async ofMember(
    endpoint: string,
    { path, body, authorization }: { path: string; body: object; authorization?: string },
    signal: AbortSignal,
  ): Promise<{ status: number; text: string | undefined }> {
    const url = new URL(endpoint);
    const answer = await this.agent.request({
      origin: url.origin,
      path: `${url.pathname.replace(/\/+$/, '')}${path}`,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'sitewarden',
        ...(authorization && { authorization }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([shareable(signal), timeUp(this.answerMs)]),
    });
    const text = await boundedText(answer.body, answerLimitBytes);
    if (answer.statusCode >= 400) throw refusalOf(answer.statusCode, text);
    return { status: answer.statusCode, text };
  }
}

/** Without its password the store cannot be asked, whatever else may be wrong with it. */
async function readPassword(read: () => Promise<string>, signal: AbortSignal): Promise<UsernamePassword> {
  const late = () => unavailable('was not asked: its password did not come in time');
  try {
    return parseUsernamePassword(await endedBy(signal, late, read));
  } catch (error) {
    if (!(error instanceof OperatingFailure) || error.type === 'LockUnavailable') throw error;
    const { message, retryable } = error;
    throw unavailable(`was not asked: its password cannot be read (${oneLine(message.replace(/\.$/, ''), 200)})`, {
      ...{ retryable, cause: error },
    });
  }
}

function isOutdated(error: unknown): boolean {
  if (!(error instanceof EtcdRefusal)) return false;
  return error.code === unauthenticated || (error.code === invalidArgument && oldRevision.test(error.message));
}

function isRefusedLogin(error: unknown): boolean {
  return error instanceof EtcdRefusal && [unauthenticated, invalidArgument].includes(error.code);
}

function understood<Answer>({ text }: { text: string | undefined }, schema: z.ZodType<Answer>): Answer {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) throw unavailable('answered something that we do not understand (is this etcd 3.4 or newer?)');
  return parsed.data;
}

function refusalOf(status: number, text: string | undefined): Error {
  const parsed = refused.safeParse(jsonOf(text));
  if (parsed.success) return new EtcdRefusal(parsed.data.code, oneLine(parsed.data.message, 200));
  return unavailable(`answered ${status}, which is no answer of etcd's`);
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** What the drivers make something of stays; all else is that the store cannot be asked. */
function told(error: unknown): Error {
  if (error instanceof OperatingFailure) return error;
  if (!(error instanceof EtcdRefusal)) {
    const { kind, code } = connectionFault(error);
    const why = { untrusted: 'shows a certificate that the CA does not vouch for', notHttp: 'does not speak HTTP' };
    if (kind === 'untrusted' || kind === 'notHttp') return unavailable(`${why[kind]} (${code})`, { cause: error });
    return unavailable(kind === 'late' ? 'did not answer in time' : `could not be reached (${code})`, { cause: error });
  }
  const { code, message } = error;
  if (code === notFound) return error;
  const denied = [unauthenticated, permissionDenied, invalidArgument].includes(code);
  return unavailable(`refused us (${message})`, { retryable: !denied, cause: error });
}
