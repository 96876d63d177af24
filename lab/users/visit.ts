import { Agent, request } from 'undici';
import { Cookies } from './cookies';
import type { WayName } from './outcome';

/** Where a user's connections go: the accelerator's front door, or one site's Keycloak. */
export interface Way {
  name: WayName;
  /** Scheme, host and port: `http://127.0.0.1:8080`. */
  url: string;
}

export interface Answer {
  status: number;
  /** Of a redirect, as it was sent. */
  location?: string;
  text: string;
}

export interface Ask {
  form?: Record<string, string>;
  json?: unknown;
  token?: string;
}

/**
 * One browser or application on one connection of its own: a new visit is routed anew, a running one stays where it is.
 * Absolute addresses lead to the way, whatever host they name: Keycloak names its public one in every page.
 */
export class Visit {
  readonly #base: string;
  readonly #agent: Agent;
  readonly #cookies = new Cookies();
  readonly #signal: AbortSignal;

  constructor({ url }: Way, signal: AbortSignal) {
    this.#base = url;
    this.#signal = signal;
    this.#agent = new Agent({ connections: 1, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 0 } });
  }

  get(address: string, ask: Ask = {}): Promise<Answer> {
    return this.#ask('GET', address, ask);
  }

  post(address: string, ask: Ask = {}): Promise<Answer> {
    return this.#ask('POST', address, ask);
  }

  put(address: string, ask: Ask = {}): Promise<Answer> {
    return this.#ask('PUT', address, ask);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(method: 'GET' | 'POST' | 'PUT', address: string, { form, json, token }: Ask): Promise<Answer> {
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
    return { status: response.statusCode, location: typeof location === 'string' ? location : undefined, text };
  }
}
