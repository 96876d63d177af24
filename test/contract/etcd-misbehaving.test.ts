/** An etcd whose answers are late, lost, or refuse a token: what no real one does on demand. */
import { createEtcdLocks } from '../../gateways/lock/etcd';
import type { LockLease } from '../../gateways/ports';
import { until } from '../../lab/until';
import { noHurry, failureOf } from '../support/outcome';
import { scriptedServer, type ScriptedAnswer, type ScriptedServer } from '../support/scripted-server';

interface Key {
  key: string;
  value: string;
  create_revision: string;
  lease: string;
}

/** Leases and keys, as far as locks use them; `troubles` answers first. */
class ScriptedEtcd {
  readonly keys: Key[] = [];
  private ids = 0;
  server!: ScriptedServer;
  trouble: (path: string, carryOut: () => ScriptedAnswer) => ScriptedAnswer | 'hang' | undefined = () => undefined;

  async start(): Promise<this> {
    this.server = await scriptedServer(({ url = '' }, text) => {
      const body = JSON.parse(text) as Record<string, unknown>;
      const carryOut = () => ({ body: this.answer(url, body) });
      return this.trouble(url, carryOut) ?? carryOut();
    });
    return this;
  }

  private answer(path: string, body: Record<string, unknown>): object {
    const kvs = () => this.keys.slice(0, 1);
    switch (path) {
      case '/v3/lease/grant':
        return { ID: String((this.ids += 1)), TTL: '10' };
      case '/v3/kv/range':
        return { kvs: kvs() };
      case '/v3/kv/txn': {
        const [{ request_put: put }] = body.success as [{ request_put: Omit<Key, 'create_revision'> }];
        this.keys.push({ ...put, create_revision: put.lease });
        return { responses: [{ response_range: { kvs: kvs() } }] };
      }
      case '/v3/lease/keepalive':
        return { result: { TTL: '10' } };
      case '/v3/lease/revoke':
        this.keys.splice(0, this.keys.length, ...this.keys.filter(({ lease }) => lease !== String(body.ID)));
        return {};
      default:
        return { token: 'a token' };
    }
  }
}

describe('locks in an etcd that misbehaves', () => {
  const ask = { name: 'sitewarden/demo/active', owner: 'site-a@1', leaseSeconds: 10 };
  let etcd: ScriptedEtcd;
  let locks: ReturnType<typeof createEtcdLocks>;
  beforeEach(async () => {
    etcd = await new ScriptedEtcd().start();
    locks = createEtcdLocks({ endpoints: [etcd.server.url], timeouts: { connectMs: 200, answerMs: 200 } });
  });
  afterEach(async () => {
    await locks.close();
    await etcd.server.close();
  });

  async function taken(): Promise<LockLease> {
    const answer = await locks.tryAcquire(ask, noHurry());
    if ('heldBy' in answer) throw new Error(`held by ${answer.heldBy}`);
    return answer.lease;
  }

  /** Every end of a lease is carried out later, and nobody hears of it. */
  function revocationsAreLate(): { land: () => void; more: () => void } {
    const late: (() => unknown)[] = [];
    etcd.trouble = (path, carryOut) => {
      if (path !== '/v3/lease/revoke') return undefined;
      late.push(carryOut);
      return 'hang';
    };
    return { land: () => late.forEach((one) => one()), more: () => (etcd.trouble = () => undefined) };
  }

  it('are never held on under a lease whose release was not answered: it may end at any time', async () => {
    const first = await taken();
    const late = revocationsAreLate();
    await failureOf(locks.release(first, noHurry()));
    late.more();
    const second = await taken();
    late.land();

    expect(second.id).not.toBe(first.id);
    await expect(locks.assertHeld(second, noHurry())).resolves.toBeUndefined();
  });

  it('are never held on under a lease that was given up since the answer to its key was lost', async () => {
    const late = revocationsAreLate();
    const given = etcd.trouble;
    etcd.trouble = (path, carryOut) => {
      if (path !== '/v3/kv/txn') return given(path, carryOut);
      carryOut();
      return 'hang';
    };
    await failureOf(taken());
    await until(() => etcd.server.requests.includes('POST /v3/lease/revoke'), { what: 'a call', withinSeconds: 10 });
    expect(etcd.keys).toHaveLength(1);
    late.more();
    const lease = await taken();
    late.land();

    await expect(locks.assertHeld(lease, noHurry())).resolves.toBeUndefined();
  });

  it('are asked of the next member in the next try, when the time was up before the first one had answered', async () => {
    const silent = await scriptedServer(() => 'hang');
    const several = createEtcdLocks({
      endpoints: [silent.url, etcd.server.url],
      timeouts: { connectMs: 5_000, answerMs: 5_000 },
    });

    const failure = await failureOf(several.tryAcquire(ask, AbortSignal.timeout(100)));
    const answer = await several.tryAcquire(ask, AbortSignal.timeout(2_000));
    await several.close();
    await silent.close();

    expect(failure.type).toBe('LockUnavailable');
    expect(answer).toHaveProperty('lease');
  });

  it.each([
    { error: { grpc_code: 14, http_code: 503, message: 'etcdserver: no leader', http_status: 'Service Unavailable' } },
    { error: { code: 14, message: 'etcdserver: no leader', details: [] } },
  ])('say what etcd says when a lease cannot be renewed', async (body) => {
    const lease = await taken();
    etcd.trouble = (path) => (path === '/v3/lease/keepalive' ? { status: 503, body } : undefined);
    const failure = await failureOf(locks.renew(lease, noHurry()));

    expect(failure).toMatchObject({ type: 'LockUnavailable', retryable: true });
    expect(failure.message).toBe('The store of locks refused us (etcdserver: no leader).');
  });

  describe('with a user', () => {
    const source = {
      password: 'canary-old',
      read: async () => JSON.stringify({ username: 'root', password: source.password }),
      readAnew: async () => JSON.stringify({ username: 'root', password: 'canary-new' }),
    };
    let known: ReturnType<typeof createEtcdLocks>;
    beforeEach(() => {
      known = createEtcdLocks({ endpoints: [etcd.server.url], credentials: { source, reference: 'aws:etcd' } });
    });
    afterEach(() => known.close());

    it('log in anew when rights were changed since their token was given', async () => {
      let refusals = 0;
      etcd.trouble = (path) => {
        if (path !== '/v3/kv/range' || (refusals += 1) > 1) return undefined;
        return { status: 400, body: { code: 3, message: 'etcdserver: revision of auth store is old' } };
      };

      await expect(known.tryAcquire(ask, noHurry())).resolves.toHaveProperty('lease');
      expect(etcd.server.requests.filter((one) => one.endsWith('/authenticate'))).toHaveLength(2);
    });

    it('ask for the password past what is held when it is refused: it was rotated', async () => {
      const server = await scriptedServer((_request, text) =>
        text.includes('canary-new')
          ? { body: { token: 'a token' } }
          : {
              status: 400,
              body: { code: 3, message: 'etcdserver: authentication failed, invalid user ID or password' },
            },
      );
      const rotated = createEtcdLocks({ endpoints: [server.url], credentials: { source, reference: 'aws:etcd' } });
      const failure = await failureOf(rotated.tryAcquire(ask, noHurry()));
      await rotated.close();
      await server.close();

      expect(server.requests).toEqual([
        'POST /v3/auth/authenticate',
        'POST /v3/auth/authenticate',
        'POST /v3/kv/range',
      ]);
      expect(failure.message).not.toContain('canary');
    });
  });
});
