import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LabApplication } from './application';
import { InfinispanRest } from './infinispan-rest';
import { freePort } from './ports';
import type { LabRun } from './run';
import type { LabUser } from './secrets';
import type { LabSite } from './sites';
import { tiers } from './tiers';

const sessionCache = 'authenticationSessions';
/** Bounds how much a lab that runs for hours collects. */
const sessionLifespanSeconds = 300;
/** Longer than Infinispan waits for the other site (4.5 s), so that its refusal is what a client gets. */
const writeWithinMs = 6_000;
const readWithinMs = 2_000;
const checkWithinMs = 1_000;

export interface SiteApplicationOptions {
  site: LabSite;
  infinispanUrl: string;
  caFile: string;
  /** Needs to read and write entries. */
  user: LabUser;
}

interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Stands for a site's Keycloak: it keeps logins in its own site's Infinispan and nowhere else.
 * `POST /login?user=` makes a session, `GET /session/<id>` finds it in either site, `GET /lb-check` is what the load
 * balancer asks: 200 while the site's own Infinispan answers, so also in a split. Every answer names its site.
 */
export class SiteApplication implements LabApplication {
  readonly site: LabSite;
  readonly port: number;
  readonly url: string;
  readonly #rest: InfinispanRest;
  #server: Server | undefined;

  constructor(options: SiteApplicationOptions & { port: number }) {
    this.site = options.site;
    this.port = options.port;
    this.url = `http://127.0.0.1:${options.port}`;
    this.#rest = new InfinispanRest({ url: options.infinispanUrl, caFile: options.caFile, user: options.user });
  }

  get isRunning(): boolean {
    return this.#server !== undefined;
  }

  launch(): Promise<void> {
    return this.start();
  }

  async start(): Promise<void> {
    if (this.#server) return;
    const server = createServer((request, response) => {
      void this.#reply(request).then((reply) => this.#send(response, reply));
    });
    this.#server = server;
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#rest.close();
  }

  #send(response: ServerResponse, { status, body }: Reply): void {
    const text = `${JSON.stringify({ site: this.site, ...body })}\n`;
    response.writeHead(status, { 'content-type': 'application/json', 'x-site': this.site }).end(text);
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    request.resume();
    try {
      if (request.method === 'POST' && pathname === '/login') return await this.#login(searchParams.get('user') ?? '');
      if (request.method === 'GET' && pathname.startsWith('/session/')) return await this.#session(pathname.slice(9));
      if (request.method === 'GET' && pathname === '/lb-check') return await this.#check();
      return { status: 404, body: { error: 'POST /login?user=, GET /session/<id>, GET /lb-check' } };
    } catch (error) {
      return { status: 503, body: { error: `Infinispan: ${(error as Error).message}` } };
    }
  }

  async #login(user: string): Promise<Reply> {
    const session = randomUUID();
    const { status, text } = await this.#rest.ask('PUT', `/caches/${sessionCache}/${session}`, {
      body: JSON.stringify({ user, site: this.site }),
      headers: { 'content-type': 'text/plain', timeToLiveSeconds: String(sessionLifespanSeconds) },
      timeoutMs: writeWithinMs,
    });
    if (status === 204) return { status: 200, body: { session } };
    return { status: 503, body: { error: `Infinispan refused the session: ${status} ${text}` } };
  }

  async #session(id: string): Promise<Reply> {
    const { status, text } = await this.#rest.ask('GET', `/caches/${sessionCache}/${encodeURIComponent(id)}`, {
      headers: { accept: 'text/plain' },
      timeoutMs: readWithinMs,
    });
    if (status === 200) return { status: 200, body: { session: JSON.parse(text) as unknown } };
    if (status === 404) return { status: 404, body: { error: 'no such session' } };
    return { status: 503, body: { error: `Infinispan answered ${status} ${text}` } };
  }

  async #check(): Promise<Reply> {
    const { status } = await this.#rest.ask('GET', '/container/health/status', { timeoutMs: checkWithinMs });
    return { status: status === 200 ? 200 : 503, body: {} };
  }
}

export async function startSiteApplication(run: LabRun, options: SiteApplicationOptions): Promise<SiteApplication> {
  const application = new SiteApplication({ ...options, port: await freePort() });
  await application.start();
  run.onClose(tiers.applications, () => application.close());
  return application;
}
