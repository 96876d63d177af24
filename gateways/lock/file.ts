import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OperatingFailure } from '../../domain/failure-types';
import { leaseGraceMs } from '../../domain/lease';
import { endedBy } from '../ended-by';
import type { LockAsk, LockLease, LockManager } from '../ports';
import { lost, unavailable } from './failures';

export interface FileLocksOptions {
  /** On a file system that all holders share; it must make hard links atomically, as local ones and NFS do. */
  folder: string;
  /** Wall clock: all machines' clocks have to agree within a tenth of the lease. */
  now: () => number;
}

/** One holding of a lock; its file's name is its token. */
const holding = z.object({
  owner: z.string(),
  until: z.number(),
  leaseSeconds: z.number(),
  released: z.boolean().default(false),
});
type Holding = z.output<typeof holding>;

/** Holdings that are over are kept for a person to look at, this many. */
const keptHoldings = 5;

/**
 * Locks in a folder, for labs: each holding is a file named by its token, one more than the one before, made by a hard link, which of
 * two at the same time only one can make. The highest number holds the lock until the time in it; it can no more be prolonged than
 * taken away once that has passed. Unlike etcd's, these locks rest on the machines' clocks.
 */
export function createFileLocks({ folder, now }: FileLocksOptions): LockManager {
  const folderOf = (name: string): string => join(folder, encodeURIComponent(name));
  const fileOf = (name: string, token: number): string =>
    join(folderOf(name), `${String(token).padStart(12, '0')}.json`);

  async function tokensOf(name: string): Promise<number[]> {
    const names = await readdir(folderOf(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.flatMap((one) => (/^\d{12}\.json$/.test(one) ? [parseInt(one, 10)] : [])).sort((a, b) => a - b);
  }

  async function newest(name: string): Promise<{ token: number; held?: Holding }> {
    const token = (await tokensOf(name)).at(-1) ?? 0;
    return token === 0 ? { token } : { token, held: await readHolding(name, token) };
  }

  async function readHolding(name: string, token: number): Promise<Holding> {
    return holding.parse(JSON.parse(await readFile(fileOf(name, token), 'utf8')));
  }

  /** Under a name of its own first, so that nobody reads half of it. */
  async function written(name: string, content: Holding): Promise<string> {
    const file = join(folderOf(name), `.${randomUUID()}`);
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }

  async function rewrite(name: string, token: number, content: Holding): Promise<void> {
    await rename(await written(name, content), fileOf(name, token));
  }

  async function create(ask: LockAsk, token: number): Promise<boolean> {
    const { name, owner, leaseSeconds } = ask;
    await mkdir(folderOf(name), { recursive: true, mode: 0o700 });
    const file = await written(name, { owner, leaseSeconds, until: now() + leaseSeconds * 1_000, released: false });
    try {
      await link(file, fileOf(name, token));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(file, { force: true });
    }
  }

  async function tidy(name: string): Promise<void> {
    const over = (await tokensOf(name)).slice(0, -keptHoldings);
    await Promise.all(over.map((token) => rm(fileOf(name, token), { force: true })));
  }

  async function ours(lease: LockLease): Promise<Holding> {
    const { token, held } = await newest(lease.name);
    if (!held || token !== lease.token) throw lost(lease, held ? `${held.owner} took it` : 'nobody holds it');
    if (held.released || now() >= held.until) throw lost(lease, 'its lease has ended');
    return held;
  }

  async function renew(lease: LockLease): Promise<void> {
    const held = await ours(lease);
    await rewrite(lease.name, lease.token, { ...held, until: now() + lease.leaseSeconds * 1_000 });
    await ours(lease);
  }

  async function tryAcquire(ask: LockAsk) {
    const { token, held } = await newest(ask.name);
    if (held && !held.released) {
      const lease = { ...ask, token, id: String(token) };
      if (held.owner === ask.owner && now() < held.until) {
        await renew(lease);
        return { lease };
      }
      if (now() < held.until + leaseGraceMs(held.leaseSeconds)) return { heldBy: held.owner };
    }
    if (!(await create(ask, token + 1))) return { heldBy: 'somebody who was faster' };
    const lease = { ...ask, token: token + 1, id: String(token + 1) };
    // The holder before may have stood still between looking and writing: of the two of us at least one sees the other.
    if (held && (await readHolding(ask.name, token)).until > held.until) {
      await release(lease);
      return { heldBy: held.owner };
    }
    await tidy(ask.name);
    return { lease };
  }

  async function release(lease: LockLease): Promise<void> {
    const held = await ours(lease).catch((error: unknown) => {
      if (error instanceof OperatingFailure) return undefined;
      throw error;
    });
    if (held) await rewrite(lease.name, lease.token, { ...held, released: true });
  }

  return {
    tryAcquire: (ask, signal) => bounded(signal, () => tryAcquire(ask)),
    renew: (lease, signal) => bounded(signal, () => renew(lease)),
    assertHeld: (lease, signal) => bounded(signal, async () => void (await ours(lease))),
    release: (lease, signal) => bounded(signal, () => release(lease)),
    check: (name, signal) => bounded(signal, async () => void (await newest(name))),
  };
}

/** A file system of the network may hang for ever. */
async function bounded<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await endedBy(signal, () => unavailable('did not answer in time'), run);
  } catch (error) {
    if (error instanceof OperatingFailure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw unavailable('holds a file that is not ours', { retryable: false, cause: error });
    throw unavailable(`cannot be used (${code})`, { cause: error });
  }
}
