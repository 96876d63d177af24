import type { LockAsk, LockLease, LockManager } from '../ports';
import { granted, keptAlive, ranged, transacted, type KeyValue } from './etcd-answers';
import { EtcdCalls, EtcdRefusal, notFound, type EtcdServers } from './etcd-calls';
import { lost } from './failures';
import { z } from 'zod';
import { timeUp } from '../../runtime/time-up';

/**
 * Locks in etcd, in the form of its own `concurrency.Mutex`: under the lock's name each who wants it has a key, bound to a lease, and
 * the key that was created first holds the lock. So `etcdctl lock <name> <command>` is kept out by us, and keeps us out.
 * The token is that key's create revision, which grows with every acquisition.
 * Reads are linearizable: a member that is cut off from the others answers nothing rather than what was.
 */
export function createEtcdLocks(servers: EtcdServers): LockManager & { close(): Promise<void> } {
  const calls = new EtcdCalls(servers);
  /** Leases that we asked to end, unanswered: each may end at any time from then on, so nothing is held under it. */
  const ending = new Set<string>();

  async function holderOf(name: string, signal: AbortSignal): Promise<KeyValue | undefined> {
    const { kvs } = await calls.call('/v3/kv/range', firstKeyOf(name), ranged, signal);
    return kvs[0];
  }

  async function stayingHolderOf(name: string, signal: AbortSignal): Promise<KeyValue | undefined> {
    const holder = await holderOf(name, signal);
    if (!holder || !ending.has(holder.lease)) return holder;
    await revoke(holder.lease, signal);
    return holderOf(name, signal);
  }

  async function keepAlive(id: string, signal: AbortSignal): Promise<boolean> {
    const { result } = await calls.call('/v3/lease/keepalive', { ID: id }, keptAlive, signal);
    return Number(result.TTL ?? 0) > 0;
  }

  async function revoke(id: string, signal: AbortSignal): Promise<void> {
    ending.add(id);
    await calls.call('/v3/lease/revoke', { ID: id }, z.object({}), signal).catch((error: unknown) => {
      if (!(error instanceof EtcdRefusal && error.code === notFound)) throw error;
    });
    ending.delete(id);
  }

  /** Creates our key under a new lease, unless it is there: a repeat after a lost answer finds its own. */
  async function createKey({ name, owner, leaseSeconds }: LockAsk, signal: AbortSignal) {
    const { ID: id } = await calls.call('/v3/lease/grant', { TTL: leaseSeconds }, granted, signal);
    const key = `${name}/${BigInt(id).toString(16)}`;
    try {
      const put = { request_put: { key: base64(key), value: base64(owner), lease: id } };
      const first = { request_range: firstKeyOf(name) };
      const compare = [{ key: base64(key), target: 'CREATE', result: 'EQUAL', create_revision: '0' }];
      const body = { compare, success: [put, first], failure: [first] };
      const { responses } = await calls.call('/v3/kv/txn', body, transacted, signal);
      const holder = responses.flatMap(({ response_range }) => response_range?.kvs ?? [])[0];
      if (holder && textOf(holder.key) === key) return { id, holder };
      await revoke(id, signal);
      return { holder };
    } catch (error) {
      // Whether the key was made is not known. Should this fail too, the lease runs out by itself.
      revoke(id, timeUp(1_000)).catch(() => undefined);
      throw error;
    }
  }

  async function assertHeld(lease: LockLease, signal: AbortSignal): Promise<void> {
    const holder = await holderOf(lease.name, signal);
    if (holder?.lease === lease.id && Number(holder.create_revision) === lease.token) return;
    throw lost(lease, holder ? `${nameOf(holder)} holds it` : 'nobody holds it');
  }

  return {
    async tryAcquire(ask, signal) {
      const before = await stayingHolderOf(ask.name, signal);
      if (before && textOf(before.value) === ask.owner && (await keepAlive(before.lease, signal))) {
        const lease = leaseOf(ask, before);
        await assertHeld(lease, signal);
        return { lease };
      }
      if (before) return { heldBy: nameOf(before) };
      const { id, holder } = await createKey(ask, signal);
      if (id !== undefined && holder) return { lease: leaseOf(ask, holder) };
      return { heldBy: holder ? nameOf(holder) : 'somebody who was faster' };
    },

    async renew(lease, signal) {
      if (!(await keepAlive(lease.id, signal))) throw lost(lease, 'its lease has ended');
      await assertHeld(lease, signal);
    },

    assertHeld,

    release: (lease, signal) => revoke(lease.id, signal),

    check: async (name, signal) => void (await holderOf(name, signal)),

    close: () => calls.close(),
  };
}

function leaseOf(ask: LockAsk, { create_revision, lease: id }: KeyValue): LockLease {
  return { ...ask, token: Number(create_revision), id };
}

/** All keys that begin with the name and a slash; `0` is the character after it. */
function firstKeyOf(name: string) {
  const range = { key: base64(`${name}/`), range_end: base64(`${name}0`) };
  return { ...range, sort_order: 'ASCEND', sort_target: 'CREATE', limit: 1 };
}

/** `etcdctl lock` stores no owner: its key then says the lease. */
const nameOf = ({ key, value }: KeyValue): string => textOf(value) || textOf(key);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const textOf = (bytes: string): string => Buffer.from(bytes, 'base64').toString('utf8');
