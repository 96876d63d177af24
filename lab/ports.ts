import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Below the range from which Linux takes the ports of outgoing connections: a server that is down for a while
 * (a test killed it) must find its port free when it comes back.
 */
const lowest = 20_000;
const count = 10_000;
/** By number: in a container the user may have no name. */
const reservations = join(tmpdir(), `sitewarden-ports-${process.getuid?.() ?? 'all'}`);

const reserved = new Set<string>();

/**
 * Picks free ports on loopback and reserves them for this process, as long as it lives.
 * The reservation keeps two labs that start at the same time from picking the same port before a server holds it.
 */
export async function freePorts(howMany: number): Promise<number[]> {
  mkdirSync(reservations, { recursive: true });
  const ports: number[] = [];
  for (let tries = 0; ports.length < howMany; tries++) {
    if (tries > count) throw new Error(`no ${howMany} free ports between ${lowest} and ${lowest + count}`);
    const port = lowest + Math.floor(Math.random() * count);
    if (reserve(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

function reserve(port: number): boolean {
  const file = join(reservations, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    if (reserved.size === 0) process.once('exit', release);
    reserved.add(file);
    return true;
  } catch {
    if (!isAlive(pidIn(file))) rmSync(file, { force: true });
    return false;
  }
}

function release(): void {
  for (const file of reserved) rmSync(file, { force: true });
}

function pidIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

/** Pid 0 stands for a reservation that is just being written: alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
