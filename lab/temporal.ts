import { join } from 'node:path';
import { request } from 'undici';
import { freePorts } from './ports';
import { Restartable } from './restartable';
import type { LabRun } from './run';
import { tiers } from './tiers';
import { readTools } from './tools';

const readyWithinSeconds = 30;

export interface TemporalOptions {
  namespace?: string;
  /** Registered at the start: name to type. None by default, as on a fresh server. */
  searchAttributes?: Record<string, string>;
}

/** A Temporal dev server whose database is a file: killed and started again, it goes on where it was. */
export interface TemporalServer {
  /** `host:port`, for TEMPORAL_ADDRESS. */
  address: string;
  namespace: string;
  uiUrl: string;
  server: Restartable;
}

/** Returns when the server answers and knows its namespace. */
export async function startTemporal(run: LabRun, options: TemporalOptions = {}): Promise<TemporalServer> {
  const { temporal } = readTools('temporal');
  const [port, uiPort, httpPort, metricsPort] = (await freePorts(4)) as [number, number, number, number];
  const namespace = options.namespace ?? 'default';
  const searchAttributes = Object.entries(options.searchAttributes ?? {}).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  const server = new Restartable(() =>
    run.processes.start({
      name: 'temporal',
      tier: tiers.servers,
      program: temporal,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--http-port', String(httpPort)],
        ...['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort), '--metrics-port', String(metricsPort)],
        ...['--namespace', namespace, '--db-filename', join(run.folder, 'temporal.db')],
        ...['--log-level', 'warn', '--ui-disable-news-fetch', ...searchAttributes],
      ],
      ready: () => knowsNamespace(httpPort, namespace),
      readyWithinSeconds,
    }),
  );
  await server.start();
  return { address: `127.0.0.1:${port}`, namespace, uiUrl: `http://127.0.0.1:${uiPort}`, server };
}

async function knowsNamespace(httpPort: number, namespace: string): Promise<boolean> {
  const url = `http://127.0.0.1:${httpPort}/api/v1/namespaces/${namespace}`;
  const answer = await request(url, { signal: AbortSignal.timeout(1_000) });
  await answer.body.dump();
  return answer.statusCode === 200;
}
