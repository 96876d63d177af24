/**
 * A small stand-in of a server's management controller, as far as fence_redfish asks it: DMTF's Redfish, one system, its power state
 * and the action that resets it. Over HTTPS with basic authentication.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BmcOptions {
  /** PEM file with key and certificate. */
  serverFile: string;
  username: string;
  password: string;
  /** Told each change before it shows; what it returns is waited for. */
  onPower?: (on: boolean) => Promise<void> | void;
}

const systemPath = '/redfish/v1/Systems/1';
const resetPath = `${systemPath}/Actions/ComputerSystem.Reset`;

export class Bmc {
  on = true;
  /** What was asked of it and taken, oldest first. */
  readonly resets: string[] = [];
  /** Takes commands and does nothing. */
  ignoresCommands = false;

  private constructor(
    private readonly options: BmcOptions,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(options: BmcOptions): Promise<Bmc> {
    const pem = readFileSync(options.serverFile);
    const server = createServer({ key: pem, cert: pem });
    const bmc = new Bmc(options, server);
    server.on('request', (request: IncomingMessage, response) => {
      void bmc.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return bmc;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** As an agent of a configuration names it. */
  get parameters(): Record<string, string> {
    return { ip: '127.0.0.1', ipport: String(this.port), username: this.options.username, ssl_insecure: '1' };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    const { username, password } = this.options;
    const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    if (request.headers.authorization !== wanted) return { status: 401 };
    const path = request.url?.replace(/\/$/, '');
    if (request.method === 'POST' && path === resetPath) return this.reset(await bodyOf(request));
    if (path === '/redfish/v1') return { status: 200, body: { Systems: { '@odata.id': '/redfish/v1/Systems' } } };
    if (path === '/redfish/v1/Systems') return { status: 200, body: { Members: [{ '@odata.id': systemPath }] } };
    if (path !== systemPath) return { status: 404 };
    const actions = { '#ComputerSystem.Reset': { target: resetPath } };
    return { status: 200, body: { PowerState: this.on ? 'On' : 'Off', Actions: actions } };
  }

  private async reset(body: string): Promise<{ status: number }> {
    const { ResetType: type } = JSON.parse(body) as { ResetType?: string };
    if (type !== 'ForceOff' && type !== 'On') return { status: 400 };
    this.resets.push(type);
    if (this.ignoresCommands) return { status: 204 };
    await this.options.onPower?.(type === 'On');
    this.on = type === 'On';
    return { status: 204 };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
  return body;
}
