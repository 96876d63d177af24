import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Agent, request } from 'undici';
import { aWebhook, basic } from './a-webhook';
import { firing } from './captured-bodies';

type Options = Parameters<typeof aWebhook>[0];

/** A webhook on a real port of loopback, and clients of all manners. Call `end` at the end. */
export async function listening(options: Options = {}) {
  const webhook = aWebhook(options);
  await webhook.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = webhook.server.server.address() as AddressInfo;
  const agent = new Agent();
  const sockets: Socket[] = [];

  async function send(body: unknown = firing, headers: Record<string, string> = {}) {
    const answer = await request(`http://127.0.0.1:${port}/alerts`, {
      method: 'POST',
      headers: { authorization: basic(), 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      dispatcher: agent,
    });
    return { statusCode: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /** A connection on which bytes are sent by hand; `received` grows, `ended` resolves when it is gone. */
  async function raw(): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const client: RawClient = { socket, received: '', ended: new Promise((resolve) => socket.once('close', resolve)) };
    socket.setEncoding('utf8').on('data', (text: string) => (client.received += text));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return client;
  }

  async function end(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await agent.close();
    await webhook.server.close();
  }
  return { ...webhook, port, send, raw, end };
}

export interface RawClient {
  socket: Socket;
  received: string;
  ended: Promise<unknown>;
}

export type Listening = Awaited<ReturnType<typeof listening>>;

/** The beginning of a request whose body of `length` bytes is still to come. */
export const headOf = (length: number, authorization = basic()): string =>
  [
    'POST /alerts HTTP/1.1',
    'host: webhook',
    'content-type: application/json',
    `content-length: ${length}`,
    `authorization: ${authorization}`,
    '\r\n',
  ].join('\r\n');

/** A byte now and then, for as long as the connection takes it. */
export function drip({ socket }: RawClient, text: string, everyMs = 20): void {
  let sent = 0;
  const timer = setInterval(() => void socket.write(text[sent++ % text.length] ?? ' '), everyMs);
  socket.once('close', () => clearInterval(timer));
}
