import { Agent, request } from 'undici';
import { Cookies } from './cookies';

/** Where a visit goes, and what ends it. */
export interface Destination {
  /** Scheme, host and port: `http://127.0.0.1:8080`. */
  url: string;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  /** Of a redirect, as it was sent. */
  location?: string;
  text: string;
  /** Absent when the text is no JSON. */
  json?: unknown;
}

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface Question {
  form?: Record<string, string>;
  json?: unknown;
  token?: string;
}

/**
 * One browser or application on one connection of its own: a new visit is routed anew, a running one stays where it is.
 * Absolute addresses lead to the destination, whatever host they name: Keycloak names its public one in every page.
 */
export class Visit {
  readonly #base: string;
  readonly #agent: Agent;
  readonly #cookies = new Cookies();
  readonly #signal: AbortSignal;

  constructor({ url, signal }: Destination) {
    this.#base = url;
    this.#signal = signal;
    this.#agent = new Agent({ connections: 1, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 0 } });
  }

  async ask(method: Method, address: string, { form, json, token }: Question = {}): Promise<Answer> {
    const { pathname, search } = new URL(address, this.#base);
    const cookie = this.#cookies.header;
    const body = form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json);
    const response = await request(`${this.#base}${pathname}${search}`, {
      method,
      body,
      headers: {
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(cookie ? { cookie } : {}),
      },
      dispatcher: this.#agent,
      signal: this.#signal,
    });
    const { location, 'set-cookie': setCookie = [] } = response.headers;
    for (const one of [setCookie].flat()) this.#cookies.take(one);
    const text = await response.body.text();
    return {
      ...{ status: response.statusCode, text, json: parsed(text) },
      location: typeof location === 'string' ? location : undefined,
    };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** Does something on a connection of its own. @throws when nothing answers, or the signal ends it. */
export async function visiting<T>(destination: Destination, act: (visit: Visit) => Promise<T>): Promise<T> {
  const visit = new Visit(destination);
  try {
    return await act(visit);
  } finally {
    await visit.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
