import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Text as it is, anything else as JSON. */
  body?: unknown;
}

/** What happens to one request: an answer, no answer at all, or a connection that breaks. */
export type Script = (request: IncomingMessage, body: string) => ScriptedAnswer | 'hang' | 'reset' | 'hangInBody';

export interface ScriptedServer {
  url: string;
  /** `<method> <path>` of each request so far. */
  readonly requests: string[];
  readonly headers: IncomingMessage['headers'][];
  close(): Promise<void>;
}

/** A small HTTP server on loopback that answers as the test says: for answers that no real server gives on demand. */
export async function scriptedServer(
  script: Script,
  tls?: { key: string | Buffer; cert: string | Buffer },
): Promise<ScriptedServer> {
  const requests: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    let asked = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (asked += chunk));
    request.once('end', () => answer(script(request, asked), request, response));
  };
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    headers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(scripted: ReturnType<Script>, request: IncomingMessage, response: ServerResponse): void {
  if (scripted === 'hang') return;
  if (scripted === 'reset') return void request.socket.resetAndDestroy();
  if (scripted === 'hangInBody') return void response.writeHead(200).write('{');
  const { status = 200, headers = {}, body = '' } = scripted;
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}
