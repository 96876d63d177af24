import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { DelayedPipe } from './delayed-pipe';
import { isLabSite, labSites, perSiteAsync, type LabSite } from './sites';

/**
 * `cut` drops and refuses connections, as a router that answers "unreachable"; `blackhole` lets nothing pass and
 * closes nothing, as a firewall that drops; `mute` and `deaf` are black holes of one direction: nothing that the site says
 * passes, or nothing reaches it; `slow` delays each way.
 */
export type LinkMode = 'whole' | 'cut' | 'blackhole' | 'mute' | 'deaf' | 'slow';

export interface LinkState {
  mode: LinkMode;
  delayMs: number;
  connections: number;
}

export interface LinkOptions {
  /** Where the router between the sites listens. */
  routerPort: number;
  /** Where each site finds the router: through its end of the link. */
  portBySite: Record<LabSite, number>;
  controlPort: number;
}

/**
 * The network between the two sites: each reaches the inter-site router through its own end, which can be disturbed.
 * Every verb works on one site's end, or on both without a site, and returns when it is in force.
 */
export class Link {
  readonly controlUrl: string;
  readonly #ends: Record<LabSite, LinkEnd>;
  readonly #control: HttpServer;

  private constructor(ends: Record<LabSite, LinkEnd>, control: HttpServer, controlPort: number) {
    this.#ends = ends;
    this.#control = control;
    this.controlUrl = `http://127.0.0.1:${controlPort}`;
  }

  static async start(options: LinkOptions): Promise<Link> {
    const ends = await perSiteAsync(async (site) => {
      const end = new LinkEnd(options.routerPort, options.portBySite[site]);
      await end.set('whole');
      return end;
    });
    const control = createHttpServer();
    const link = new Link(ends, control, options.controlPort);
    control.on('request', (request, response) => {
      void link.#command(request.method ?? '', request.url ?? '').then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
      });
    });
    control.listen(options.controlPort, '127.0.0.1');
    await once(control, 'listening');
    return link;
  }

  cut(site?: LabSite): Promise<void> {
    return this.#set('cut', site);
  }

  blackhole(site?: LabSite): Promise<void> {
    return this.#set('blackhole', site);
  }

  /**
   * One way: nothing that the site says reaches the other one, which it still could hear.
   * Measured with the lab's bridge: the other site's view loses this one after 2.5 s; this one's view loses the other only
   * 2.4 to 3.5 s later, when the router has given it up. In between the view is one-way.
   */
  mute(site: LabSite): Promise<void> {
    return this.#set('mute', site);
  }

  /**
   * One way: the site hears nothing, and could still be heard. Measured: both views lose the other site after 2.1 to 3 s, one
   * shortly before the other, in either order: a site that hears nothing from the router leaves it.
   */
  deafen(site: LabSite): Promise<void> {
    return this.#set('deaf', site);
  }

  slow(delayMs: number, site?: LabSite): Promise<void> {
    return this.#set('slow', site, delayMs);
  }

  heal(site?: LabSite): Promise<void> {
    return this.#set('whole', site);
  }

  state(): Record<LabSite, LinkState> {
    return { 'site-a': this.#ends['site-a'].state(), 'site-b': this.#ends['site-b'].state() };
  }

  async close(): Promise<void> {
    this.#control.closeAllConnections();
    this.#control.close();
    await this.cut();
  }

  async #set(mode: LinkMode, site?: LabSite, delayMs = 0): Promise<void> {
    await Promise.all((site ? [site] : labSites).map((name) => this.#ends[name].set(mode, delayMs)));
  }

  /** `GET /` tells the state; `POST /cut`, `POST /site-a/blackhole`, `POST /site-b/slow/200`, `POST /heal`. */
  async #command(method: string, path: string): Promise<{ status: number; body: unknown }> {
    if (method !== 'POST') return { status: 200, body: this.state() };
    const words = path.split('/').filter(Boolean);
    const site = isLabSite(words[0]) ? words[0] : undefined;
    const [verb = '', delay = '200'] = site ? words.slice(1) : words;
    const mode = modeByVerb[verb];
    if (!mode || !/^\d{1,5}$/.test(delay)) {
      return {
        status: 400,
        body: { error: 'POST [/site-a | /site-b] /cut | /blackhole | /mute | /deafen | /slow/MILLISECONDS | /heal' },
      };
    }
    await this.#set(mode, site, mode === 'slow' ? Number(delay) : 0);
    return { status: 200, body: this.state() };
  }
}

const modeByVerb: Record<string, LinkMode> = {
  heal: 'whole',
  cut: 'cut',
  blackhole: 'blackhole',
  mute: 'mute',
  deafen: 'deaf',
  slow: 'slow',
};

/** What is not read, and so does not pass: from the site, from the router. */
const silent: Record<LinkMode, { site: boolean; router: boolean }> = {
  whole: { site: false, router: false },
  cut: { site: false, router: false },
  slow: { site: false, router: false },
  blackhole: { site: true, router: true },
  mute: { site: true, router: false },
  deaf: { site: false, router: true },
};

interface Connection {
  client: Socket;
  router: Socket;
  pipes: DelayedPipe[];
}

/** One site's end of the link: a listener that forwards to the router. */
class LinkEnd {
  readonly #routerPort: number;
  readonly #port: number;
  readonly #connections = new Set<Connection>();
  /** Accepted while something is lost: they lead nowhere, also after it. Forwarding them late would wedge the router. */
  readonly #swallowed = new Set<Socket>();
  #server: Server | undefined;
  #mode: LinkMode = 'whole';
  #delayMs = 0;

  constructor(routerPort: number, port: number) {
    this.#routerPort = routerPort;
    this.#port = port;
  }

  state(): LinkState {
    return { mode: this.#mode, delayMs: this.#delayMs, connections: this.#connections.size };
  }

  async set(mode: LinkMode, delayMs = 0): Promise<void> {
    this.#mode = mode;
    this.#delayMs = delayMs;
    for (const socket of this.#swallowed) socket.destroy();
    this.#swallowed.clear();
    if (mode === 'cut') return this.#drop();
    await this.#listen();
    for (const { client, router, pipes } of this.#connections) {
      for (const pipe of pipes) pipe.delayMs = delayMs;
      client[silent[mode].site ? 'pause' : 'resume']();
      router[silent[mode].router ? 'pause' : 'resume']();
    }
  }

  async #listen(): Promise<void> {
    if (this.#server) return;
    this.#server = createServer((client) => this.#accept(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #drop(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const { client, router } of this.#connections) {
      client.destroy();
      router.destroy();
    }
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    // A connection needs both ways to come up.
    if (silent[this.#mode].site || silent[this.#mode].router) {
      client.pause();
      this.#swallowed.add(client);
      return;
    }
    const router = connect(this.#routerPort, '127.0.0.1');
    const pipes = [new DelayedPipe(client, router, this.#delayMs), new DelayedPipe(router, client, this.#delayMs)];
    const connection = { client, router, pipes };
    this.#connections.add(connection);
    const end = () => {
      this.#connections.delete(connection);
      client.destroy();
      router.destroy();
    };
    for (const socket of [client, router]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
  }
}
