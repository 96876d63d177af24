import { spawn } from 'node:child_process';
import { once } from 'node:events';
import files from 'node:fs/promises';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingFailure } from '../../domain/failure-types';
import type { LockLease } from '../../gateways/ports';
import { createEtcdLocks } from '../../gateways/lock/etcd';
import { createFileLocks } from '../../gateways/lock/file';
import { startEtcd, type LabEtcd } from '../../lab/etcd';
import { LabRun } from '../../lab/run';
import { readTools } from '../../lab/tools';
import { until } from '../../lab/until';
import { FakeLocks } from '../support/fake-locks';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer } from '../support/scripted-server';
import { temporaryFolder } from '../support/temporary-folder';
import { locksContract } from './locks.contract';

locksContract('fake', async () => {
  let now = 0;
  const locks = new FakeLocks(() => now);
  return {
    one: locks,
    other: locks,
    letLeaseEnd: async ({ leaseSeconds }) => void (now += leaseSeconds * 1_000),
    breakStore: async () => void (locks.isDown = true),
    close: async () => undefined,
  };
});

locksContract('files', async () => {
  const folder = temporaryFolder();
  let passed = 0;
  const now = () => Date.now() + passed;
  const [one, other] = [createFileLocks({ folder, now }), createFileLocks({ folder, now })];
  return {
    ...{ one, other },
    letLeaseEnd: async ({ leaseSeconds }) => void (passed += leaseSeconds * 1_000 * 1.1),
    breakStore: async () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, 'no folder any more');
    },
    close: async () => undefined,
  };
});

locksContract('etcd', async () => {
  const run = new LabRun();
  const etcd = await startEtcd(run);
  const [one, other] = [createEtcdLocks({ endpoints: [etcd.url] }), createEtcdLocks({ endpoints: [etcd.url] })];
  return {
    ...{ one, other },
    letLeaseEnd: async ({ id }) => void (await etcd.ctl('lease', 'revoke', BigInt(id).toString(16))),
    breakStore: () => etcd.server.kill(),
    close: async () => {
      await one.close();
      await other.close();
      await run.close();
    },
  };
});

describe('locks in etcd', () => {
  let run: LabRun;
  let etcd: LabEtcd;
  let locks: ReturnType<typeof createEtcdLocks>;
  const ask = (owner: string, leaseSeconds = 10) => ({ name: `sitewarden/${owner}/active`, owner, leaseSeconds });

  beforeAll(async () => {
    run = new LabRun();
    etcd = await startEtcd(run);
    locks = createEtcdLocks({ endpoints: [etcd.url] });
  });
  afterAll(async () => {
    await locks.close();
    await run.close();
  });

  async function taken(owner: string, leaseSeconds?: number) {
    const answer = await locks.tryAcquire(ask(owner, leaseSeconds), noHurry());
    if ('heldBy' in answer) throw new Error(`held by ${answer.heldBy}`);
    return answer.lease;
  }

  it('outlive a crash of etcd, which goes on with the lease', async () => {
    const lease = await taken('crash');
    await etcd.server.kill();
    expect((await failureOf(locks.renew(lease, noHurry()))).type).toBe('LockUnavailable');
    await etcd.server.start();

    await until(() => locks.renew(lease, noHurry()).then(() => true), { what: 'a renewal', withinSeconds: 10 });
    await expect(locks.assertHeld(lease, noHurry())).resolves.toBeUndefined();
  });

  it('are lost with an etcd that has lost its data', async () => {
    const lease = await taken('wipe');
    await etcd.server.stop();
    await etcd.wipe();
    await etcd.server.start();

    expect((await failureOf(locks.renew(lease, noHurry()))).type).toBe('LockLost');
  });

  it('are unavailable while etcd is frozen: silence is no answer', async () => {
    const lease = await taken('frozen');
    etcd.server.freeze();
    // A signal takes its time to arrive: a call may still be answered.
    const said = () =>
      locks.assertHeld(lease, noHurry()).then(
        () => undefined,
        (error: unknown) => error,
      );
    const failure = await until(said, { what: 'silence', withinSeconds: 10 }).finally(() => etcd.server.thaw());

    expect(failure).toMatchObject({ type: 'LockUnavailable', retryable: true });
  });

  it('are gone by themselves when the lease of a dead holder runs out', async () => {
    const lease = await taken('dead', 2);

    await until(async () => 'lease' in (await locks.tryAcquire({ ...ask('dead'), owner: 'next' }, noHurry())), {
      what: 'the lease to end',
      withinSeconds: 20,
    });
    expect((await failureOf(locks.assertHeld(lease, noHurry()))).type).toBe('LockLost');
  });

  it('are lost when an operator deletes the key, though the lease lives', async () => {
    const lease = await taken('deleted');
    await etcd.ctl('del', '--prefix', 'sitewarden/deleted/');

    expect((await failureOf(locks.renew(lease, noHurry()))).type).toBe('LockLost');
  });

  it('keep "etcdctl lock" out, and are kept out by it', async () => {
    const { etcdctl } = readTools('etcdctl');
    const lock = () =>
      spawn(etcdctl, ['--endpoints', etcd.url, 'lock', 'sitewarden/both/active'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const first = lock();
    await once(first.stdout, 'data');

    expect(await locks.tryAcquire(ask('both'), noHurry())).toEqual({
      heldBy: expect.stringContaining('sitewarden/both/active/') as string,
    });
    first.kill('SIGINT');
    await once(first, 'exit');
    const lease = await taken('both');
    const second = lock();
    const printed = once(second.stdout, 'data');
    await until(
      async () =>
        (await etcd.ctl('get', '--prefix', '--keys-only', 'sitewarden/both/')).trim().split(/\s+/).length === 2,
      {
        what: 'the other in the queue',
        withinSeconds: 10,
      },
    );
    await expect(locks.assertHeld(lease, noHurry())).resolves.toBeUndefined();
    await locks.release(lease, noHurry());
    await printed;
    second.kill('SIGINT');
    await once(second, 'exit');
  });

  it('are asked of the next member when one is gone', async () => {
    const several = createEtcdLocks({ endpoints: ['http://127.0.0.1:9', etcd.url] });

    await expect(several.tryAcquire(ask('several'), noHurry())).resolves.toHaveProperty('lease');
    await several.close();
  });

  it('need a user who may, where authentication is enabled, and log in anew when the token has ended', async () => {
    for (const args of [
      ['user', 'add', 'root:canary'],
      ['user', 'grant-role', 'root', 'root'],
      ['auth', 'enable'],
    ])
      await etcd.ctl(...args);
    const source = {
      password: 'wrong',
      read: async () => JSON.stringify({ username: 'root', password: source.password }),
      readAnew: async () => source.read(),
    };
    const known = createEtcdLocks({ endpoints: [etcd.url], credentials: { source, reference: 'env:ETCD' } });
    const refused = await failureOf(known.tryAcquire(ask('auth'), noHurry()));
    const stranger = await failureOf(locks.tryAcquire(ask('auth'), noHurry()));
    const unchecked = await failureOf(locks.check('sitewarden/auth/active', noHurry()));
    source.password = 'canary';
    const { lease } = (await known.tryAcquire(ask('auth'), noHurry())) as { lease: Parameters<typeof known.renew>[0] };
    await etcd.server.stop();
    await etcd.server.start();

    // Simple tokens live in the server's memory: after its restart ours is none.
    await until(() => known.renew(lease, noHurry()).then(() => true), { what: 'a new login', withinSeconds: 10 });
    expect([refused, stranger, unchecked]).toMatchObject([
      { type: 'LockUnavailable', retryable: false },
      { type: 'LockUnavailable', retryable: false },
      { type: 'LockUnavailable', retryable: false },
    ]);
    expect(JSON.stringify([refused.message, stranger.message])).not.toContain('canary');
    await known.close();
    await etcd.ctl('--user', 'root:canary', 'auth', 'disable');
  });

  it.each([
    [
      'cannot be read',
      () => Promise.reject(new OperatingFailure('SecretUnavailable', 'No file.', { retryable: true })),
    ],
    ['is none', async () => 'canary'],
  ])('cannot be asked where their password %s', async (_what, read) => {
    const source = { read, readAnew: read };
    const known = createEtcdLocks({ endpoints: [etcd.url], credentials: { source, reference: 'file:/etcd' } });

    const failures = [
      await failureOf(known.tryAcquire(ask('no password'), noHurry())),
      await failureOf(known.check('sitewarden/no-password/run', noHurry())),
    ];

    expect(failures.map(({ type }) => type)).toEqual(['LockUnavailable', 'LockUnavailable']);
    expect(failures[0]?.message).toMatch(
      /^The store of locks was not asked: its password cannot be read \(.+[^.]\)\.$/,
    );
    expect(failures[0]?.message).not.toContain('canary');
    await known.close();
  });

  it.each([
    ['an HTML page', { status: 200, body: '<html></html>' }, 'do not understand'],
    ['an error of somebody else', { status: 502, body: 'bad gateway' }, 'answered 502'],
    ['a closed connection', 'reset', 'could not be reached'],
  ] as const)('say what is wrong with a server that answers with %s', async (_what, script, says) => {
    const server = await scriptedServer(() => script);
    const wrong = createEtcdLocks({ endpoints: [server.url] });

    const failure = await failureOf(wrong.tryAcquire(ask('wrong'), noHurry()));

    expect(failure.type).toBe('LockUnavailable');
    expect(failure.message).toContain(says);
    await wrong.close();
    await server.close();
  });
});

describe('locks in files', () => {
  const ask = { name: 'sitewarden/demo/active', owner: 'site-a', leaseSeconds: 10 };

  it('say so when something else lies in their folder', async () => {
    const folder = temporaryFolder();
    const locks = createFileLocks({ folder, now: Date.now });
    await locks.tryAcquire(ask, noHurry());
    const [lock = ''] = readdirSync(folder);
    writeFileSync(join(folder, lock, '000000000009.json'), 'no holding');

    expect(await failureOf(locks.tryAcquire(ask, noHurry()))).toMatchObject({
      type: 'LockUnavailable',
      retryable: false,
    });
  });

  it('are not taken from a holder whose renewal lands while another one takes them', async () => {
    const folder = temporaryFolder();
    let nowMs = 0;
    const holder = createFileLocks({ folder, now: () => nowMs });
    const other = createFileLocks({ folder, now: () => 12_000 });
    const { lease } = (await holder.tryAcquire(ask, noHurry())) as { lease: LockLease };
    // In time by its own clock, it stood still before it wrote.
    nowMs = 9_900;
    const link = jest.spyOn(files, 'link').mockImplementationOnce(async (...args) => {
      link.mockRestore();
      await holder.renew(lease, noHurry());
      await files.link(...args);
    });

    await expect(other.tryAcquire({ ...ask, owner: 'site-b' }, noHurry())).resolves.toEqual({ heldBy: 'site-a' });
    expect((await failureOf(holder.renew(lease, noHurry()))).type).toBe('LockLost');
  });

  it('keep few files, readable by their owner alone', async () => {
    const folder = temporaryFolder();
    const locks = createFileLocks({ folder, now: Date.now });
    for (let round = 0; round < 12; round += 1) {
      const answer = await locks.tryAcquire({ ...ask, owner: `owner-${round}` }, noHurry());
      if ('lease' in answer) await locks.release(answer.lease, noHurry());
    }
    const [lock = ''] = readdirSync(folder);

    const files = readdirSync(join(folder, lock)).sort();
    expect(files).toHaveLength(5);
    expect(files.at(-1)).toBe('000000000012.json');
    expect(files.map((file) => statSync(join(folder, lock, file)).mode & 0o777)).toEqual(files.map(() => 0o600));
  });
});
