import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Credentials } from './secrets';

const defaultTimeoutMs = 2_000;
/** A refusal takes up to the 4.5 s of the backup's own time-out. */
const writeTimeoutMs = 6_000;
const wholeCacheTimeoutMs = 60_000;

export interface InfinispanAnswer {
  status: number;
  text: string;
  bytes: Buffer;
  /** Of an entry: it has a lifespan. */
  expires: boolean;
}

export interface LabEntry {
  value: string;
  /** It has a lifespan or an idle time. */
  expires: boolean;
}

/** By key. */
export type LabEntries = ReadonlyMap<string, LabEntry>;

export interface InfinispanQuestion {
  body?: string | Buffer;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

export interface InfinispanRestOptions {
  url: string;
  caFile: string;
  user: Credentials;
}

/**
 * Infinispan's REST API as one user. Deliberately not the product's own gateway: the lab judges the product, so it
 * reads the world by itself. Every call ends within its time-out.
 */
export class InfinispanRest {
  readonly #options: InfinispanRestOptions;
  readonly #base: string;
  readonly #agent: Agent;
  readonly #authorization: string;

  constructor(options: InfinispanRestOptions) {
    this.#options = options;
    this.#base = `${options.url}/rest/v2`;
    this.#agent = new Agent({ connect: { ca: readFileSync(options.caFile, 'utf8') } });
    const { username, password } = options.user;
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  async ask(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    question: InfinispanQuestion = {},
  ): Promise<InfinispanAnswer> {
    const { body, headers, timeoutMs = defaultTimeoutMs } = question;
    const answer = await request(`${this.#base}${path}`, {
      method,
      body,
      headers: { authorization: this.#authorization, ...headers },
      dispatcher: this.#agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const expires = answer.headers['expires'] !== undefined;
    return { status: answer.statusCode, text: bytes.toString('utf8'), bytes, expires };
  }

  /** The sites that this one sees, itself included; empty while it cannot tell. */
  async sitesView(): Promise<readonly string[]> {
    const container = JSON.parse(await this.#read('/container')) as { sites_view?: string[] };
    return container.sites_view ?? [];
  }

  /** `online`, `offline` or `mixed`: the backup to the other site, over all caches. */
  async backupTo(site: string): Promise<string> {
    const backup = JSON.parse(await this.#read(`/container/x-site/backups/${site}`)) as { status: string };
    return backup.status;
  }

  /** Per cache: status of its backup to the other site, each asked for by itself. */
  async backupsTo(site: string, caches: readonly string[]): Promise<Record<string, string>> {
    const statuses = caches.map(async (cache) => {
      const backups = JSON.parse(await this.#read(`/caches/${cache}/x-site/backups/`)) as Record<
        string,
        { status: string }
      >;
      return [cache, backups[site]?.status ?? 'none'] as const;
    });
    return Object.fromEntries(await Promise.all(statuses));
  }

  async takeOffline(site: string): Promise<void> {
    await this.#must('POST', `/container/x-site/backups/${site}?action=take-offline`);
  }

  async bringOnline(site: string): Promise<void> {
    await this.#must('POST', `/container/x-site/backups/${site}?action=bring-online`);
  }

  async size(cache: string): Promise<number> {
    return Number(await this.#read(`/caches/${cache}?action=size`));
  }

  /** @returns the HTTP status: 204 for accepted, 500 for refused because the other site did not take it. */
  async put(cache: string, key: string, value: string): Promise<number> {
    const answer = await this.ask('PUT', entryPath(cache, key), {
      body: value,
      headers: { 'content-type': 'text/plain' },
      timeoutMs: writeTimeoutMs,
    });
    return answer.status;
  }

  /** Writes on this site and on no other, also while it refuses what the other one cannot get. @returns the HTTP status. */
  async putHere(cache: string, key: string, value: string): Promise<number> {
    const headers = { 'content-type': 'text/plain', flags: 'SKIP_XSITE_BACKUP' };
    return (await this.ask('PUT', entryPath(cache, key), { body: value, headers, timeoutMs: writeTimeoutMs })).status;
  }

  /** @returns the value, or undefined when there is none. */
  async get(cache: string, key: string): Promise<string | undefined> {
    const answer = await this.ask('GET', entryPath(cache, key), { headers: { accept: 'text/plain' } });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Error(`reading ${cache}/${key} was answered ${answer.status} ${answer.text}`);
    return answer.text;
  }

  /** Every entry of a cache, read at once: a few seconds for 100,000. What is no text (Keycloak's entries) reads as JSON. */
  async entries(cache: string): Promise<LabEntries> {
    const path = `/caches/${cache}?action=entries&limit=-1&metadata=true`;
    const { status, text } = await this.ask('GET', path, { timeoutMs: wholeCacheTimeoutMs });
    if (status !== 200) throw new Error(`GET ${path} was answered ${status} ${text}`);
    const entries = JSON.parse(text) as { key: unknown; value: unknown; expireTime: number }[];
    return new Map(
      entries.map(({ key, value, expireTime }) => [asText(key), { value: asText(value), expires: expireTime !== -1 }]),
    );
  }

  /** The same of what the server cannot write as JSON (Keycloak's logins in progress): one by one, as stored. Its keys are texts. */
  async storedEntries(cache: string): Promise<LabEntries> {
    const keys = JSON.parse(await this.#read(`/caches/${cache}?action=keys`)) as string[];
    const stored = new Map<string, LabEntry>();
    for (const key of keys) {
      const answer = await this.ask('GET', entryPath(cache, key), { headers: { accept: 'application/x-protostream' } });
      if (answer.status !== 200) throw new Error(`reading ${cache}/${key} was answered ${answer.status}`);
      stored.set(key, { value: answer.bytes.toString('base64'), expires: answer.expires });
    }
    return stored;
  }

  /** @returns the HTTP status, as of `put`. */
  async remove(cache: string, key: string): Promise<number> {
    return (await this.ask('DELETE', entryPath(cache, key), { timeoutMs: writeTimeoutMs })).status;
  }

  /** Clears a cache on this site and on no other. */
  async clearHere(cache: string): Promise<void> {
    const headers = { flags: 'SKIP_XSITE_BACKUP' };
    const { status, text } = await this.ask('POST', `/caches/${cache}?action=clear`, {
      headers,
      timeoutMs: writeTimeoutMs,
    });
    if (status !== 204) throw new Error(`clearing ${cache} was answered ${status} ${text}`);
  }

  /** The same server for another user; wants to be closed by itself. */
  as(user: Credentials): InfinispanRest {
    return new InfinispanRest({ ...this.#options, user });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #read(path: string): Promise<string> {
    return this.#must('GET', path);
  }

  async #must(method: 'GET' | 'POST', path: string): Promise<string> {
    const { status, text } = await this.ask(method, path);
    if (status !== 200) throw new Error(`${method} ${this.#base}${path} was answered ${status} ${text}`);
    return text;
  }
}

function asText(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

function entryPath(cache: string, key: string): string {
  return `/caches/${cache}/${encodeURIComponent(key)}`;
}
