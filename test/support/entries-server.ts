import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

export interface EntriesServer {
  /** Of a site; both have the same entries. */
  url(site: string): string;
  close(): Promise<void>;
}

const valueOfKibibyte = 'x'.repeat(1_024);

/** Two sites over HTTP that answer what a comparison asks, with so many entries of 1 KiB, written as fast as they are taken. */
export async function entriesServer(entries: number): Promise<EntriesServer> {
  const startedAt = Date.now();
  const server = createServer((request, response) => {
    const [, site = '', path = ''] = /^\/([^/]+)\/rest\/v2(.*)$/.exec(request.url ?? '') ?? [];
    const answer = (body: unknown): void => void response.end(JSON.stringify(body));
    response.setHeader('content-type', 'application/json');
    if (path === '/container') return answer(containerOf(site));
    if (path.includes('action=stats')) {
      return answer({ time_since_start: Math.floor((Date.now() - startedAt) / 1_000), stores: entries });
    }
    if (path.includes('action=size')) return answer(entries);
    void writeEntries(response, entries);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: (site) => `http://127.0.0.1:${port}/${site}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function writeEntries(response: ServerResponse, entries: number): Promise<void> {
  for (let from = 0; from < entries; from += 100) {
    const texts = Array.from({ length: Math.min(100, entries - from) }, (_, index) => entryText(from + index));
    if (!response.write(`${from === 0 ? '[' : ','}${texts.join(',')}`)) await once(response, 'drain');
  }
  response.end(entries === 0 ? '[]' : ']');
}

function entryText(index: number): string {
  const key = { _type: 'string', _value: `key-${index}` };
  return JSON.stringify({ key, value: { _type: 'string', _value: `${index} ${valueOfKibibyte}` }, expireTime: -1 });
}

function containerOf(site: string) {
  return {
    ...{ local_site: site, relay_node: true, sites_view: ['site-a', 'site-b'] },
    ...{ cluster_members: [`${site}-1`], defined_caches: [{ name: 'work' }] },
  };
}
