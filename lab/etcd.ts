import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { freePorts } from './ports';
import { Restartable } from './restartable';
import type { LabRun } from './run';
import { tiers } from './tiers';
import { readTools } from './tools';

/** A real etcd of one member: killed and started again, it goes on with what it had written. */
export interface LabEtcd {
  url: string;
  server: Restartable;
  /** `etcdctl <args>`, to its end. @returns what it printed. */
  ctl(...args: string[]): Promise<string>;
  /** Forgets everything; to be called while it is stopped. */
  wipe(): Promise<void>;
}

/** Returns when it answers. */
export async function startEtcd(run: LabRun, name = 'etcd'): Promise<LabEtcd> {
  const { etcd, etcdctl } = readTools('etcd', 'etcdctl');
  const [port, peerPort] = (await freePorts(2)) as [number, number];
  const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const data = join(run.folder, `${name}-data`);
  const server = new Restartable(() =>
    run.processes.start({
      name,
      tier: tiers.servers,
      program: etcd,
      args: [
        ...['--name', name, '--data-dir', data, '--listen-client-urls', url, '--advertise-client-urls', url],
        ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
        ...['--initial-cluster', `${name}=${peerUrl}`, '--log-level', 'warn'],
      ],
      ready: () => answers(url),
      readyWithinSeconds: 30,
    }),
  );
  await server.start();
  return {
    ...{ url, server },
    async ctl(...args) {
      const { stdout } = await promisify(execFile)(etcdctl, ['--endpoints', url, ...args], { timeout: 10_000 });
      return stdout;
    },
    wipe: () => rm(data, { recursive: true, force: true }),
  };
}

async function answers(url: string): Promise<boolean> {
  const answer = await request(`${url}/health`, { signal: AbortSignal.timeout(1_000) });
  await answer.body.dump();
  return answer.statusCode === 200;
}
