import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeReply } from './wire';

/** Pages for a person with curl, by path below `/_stand-in/`. */
export type AdminPages = Readonly<Record<string, () => unknown>>;

const prefix = '/_stand-in/';

export function isForAdmin({ url }: IncomingMessage): boolean {
  return url?.startsWith(prefix) === true;
}

/** GET only and read only: whoever wants to change something is in the stand-in's own process. */
export function answerAdmin(request: IncomingMessage, response: ServerResponse, pages: AdminPages): void {
  request.resume();
  const path = String(request.url).slice(prefix.length).split('?', 1)[0] ?? '';
  const page = request.method === 'GET' && Object.hasOwn(pages, path) ? pages[path] : undefined;
  const there = Object.keys(pages).map((name) => `GET ${prefix}${name}`);
  writeReply(response, {
    status: page === undefined ? 404 : 200,
    contentType: 'application/json',
    body: `${JSON.stringify(page === undefined ? { there } : page(), null, 2)}\n`,
  });
}
