import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRequest, writeReply } from './wire';

/** What a person with curl can see and do, as `<method> <path below /_stand-in/>`. */
export type AdminPages = Readonly<Record<string, (body: string) => unknown>>;

const prefix = '/_stand-in/';

export function isForAdmin({ url }: IncomingMessage): boolean {
  return url?.startsWith(prefix) === true;
}

/** Answers JSON: 400 with a sentence for what cannot be done, 404 with what there is. */
export async function answerAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  pages: AdminPages,
): Promise<void> {
  const received = await readRequest(request).catch(() => undefined);
  if (received === undefined) return;
  const name = `${received.method} ${received.target.slice(prefix.length).split('?', 1)[0]}`;
  const page = Object.hasOwn(pages, name) ? pages[name] : undefined;
  const answer = (status: number, content: unknown) => {
    const body = `${JSON.stringify(content, (_, value: unknown) => (value === Infinity ? 'always' : value), 2)}\n`;
    writeReply(response, { status, contentType: 'application/json', body });
  };
  if (page === undefined) {
    answer(404, { there: Object.keys(pages).map((there) => there.replace(' ', ` ${prefix}`)) });
  } else if (received.method !== 'GET' && received.headers['content-type'] !== 'application/json') {
    // A web page in somebody's browser can post to loopback, but not this type without asking first.
    answer(415, { error: 'Send it as application/json.' });
  } else {
    await Promise.resolve(received.body.toString('utf8'))
      .then(page)
      .then((content) => answer(200, content ?? {}))
      .catch((error: unknown) => answer(400, { error: (error as Error).message }));
  }
}
