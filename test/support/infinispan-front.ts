import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { Agent, request } from 'undici';
import type { LabUser } from '../../lab/secrets';

/** A request as it arrived. */
export interface FrontRequest {
  method: string;
  path: string;
  userAgent: string;
}

export interface HeldRequest {
  /** Settles when a request is being held. */
  reached: Promise<void>;
  /** Lets it go on, and holds none from now on. */
  release(): void;
}

/** `beforeForwarding`: the server has not been told yet. `beforeAnswering`: it has done it, and nobody knows. */
export type HoldWhen = 'beforeForwarding' | 'beforeAnswering';

interface Hold extends HeldRequest {
  when: HoldWhen;
  matches(request: FrontRequest): boolean;
  holdBack(): Promise<void>;
}

/**
 * Stands in front of a real Infinispan, with a certificate of the same CA: passes every request on as it is, keeps a list of
 * them, and holds single ones. What the server does with them is its own.
 */
export class InfinispanFront {
  readonly url: string;
  readonly requests: FrontRequest[] = [];
  private holds: Hold[] = [];
  private password: string | undefined;

  private constructor(
    private readonly server: Server,
    private readonly agent: Agent,
    private readonly target: string,
    private readonly admin: Pick<LabUser, 'username' | 'password'>,
    port: number,
  ) {
    this.url = `https://localhost:${port}`;
    server.on('request', (incoming, response) => void this.pass(incoming, response));
  }

  static async start(options: {
    target: string;
    port: number;
    caFile: string;
    certificateFile: string;
    admin: LabUser;
  }): Promise<InfinispanFront> {
    const pem = readFileSync(options.certificateFile, 'utf8');
    const server = createServer({ key: pem, cert: pem });
    server.listen(options.port, '127.0.0.1');
    await once(server, 'listening');
    const agent = new Agent({ connect: { ca: readFileSync(options.caFile, 'utf8') } });
    return new InfinispanFront(server, agent, options.target, options.admin, options.port);
  }

  /** What was asked to be changed, oldest first. */
  get changes(): readonly FrontRequest[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  /** From now on the admin's password is this one, and no other: who sends another is answered 401. */
  rotatePassword(password: string): void {
    this.password = password;
  }

  /** Holds the next change back. */
  holdChange(when: HoldWhen): HeldRequest {
    return this.hold(when, ({ method }) => method !== 'GET');
  }

  /** Holds the next request that matches. */
  hold(when: HoldWhen, matches: (request: FrontRequest) => boolean): HeldRequest {
    let release!: () => void;
    let reach!: () => void;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const hold: Hold = {
      ...{ when, reached, matches },
      holdBack: () => {
        this.holds = this.holds.filter((other) => other !== hold);
        reach();
        return released;
      },
      release: () => {
        this.holds = this.holds.filter((other) => other !== hold);
        release();
      },
    };
    this.holds.push(hold);
    return hold;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await this.agent.destroy();
  }

  /** What the server behind is sent; `undefined` when the sender does not know the password. */
  private authorizationFor(sent: string): string | undefined {
    if (this.password === undefined) return sent;
    const { username, password } = this.admin;
    return sent === basic(username, this.password) ? basic(username, password) : undefined;
  }

  private async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const asked = { method, path, userAgent: headers['user-agent'] ?? '' };
    this.requests.push(asked);
    const hold = this.holds.find((one) => one.matches(asked));
    try {
      if (hold?.when === 'beforeForwarding') await hold.holdBack();
      const authorization = this.authorizationFor(headers.authorization ?? '');
      if (authorization === undefined) return void response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      const answer = await request(`${this.target}${path}`, {
        method: method as 'GET' | 'POST',
        headers: { ...endToEnd(headers), authorization },
        body: method === 'GET' ? undefined : incoming,
        dispatcher: this.agent,
      });
      if (hold?.when === 'beforeAnswering') await hold.holdBack();
      response.writeHead(answer.statusCode, endToEnd(answer.headers));
      await pipeline(answer.body, response);
    } catch {
      response.destroy(); // as the server behind: it is gone
    }
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Of one connection, and so not for the next one (RFC 9110, section 7.6.1); the name of the host is the next one's own. */
const hopByHop = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host', 'expect'];

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.includes(name)));
}
