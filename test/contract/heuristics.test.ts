import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Attempted } from '../../domain/heuristics';
import { createHeuristicsGateway, type Check } from '../../gateways/heuristics';
import { attempting, type CheckKind } from '../../gateways/heuristics/attempts';
import { until } from '../../lab/until';
import { FakeHeuristics } from '../support/fake-heuristics';
import { noHurry } from '../support/outcome';
import { scriptedServer } from '../support/scripted-server';
import { temporaryFolder } from '../support/temporary-folder';
import { heuristicsContract, stateOf } from './heuristics.contract';

const about = { pair: 'keycloak-prod', site: 'site-a', environment: process.env };

function gatewayOf(kind: CheckKind, check: Partial<Check> = {}) {
  const checks = [{ name: 'database', kind, intervalSeconds: 0.5, tko: 2, ...check }];
  return createHeuristicsGateway({ ...about, checks, clock: Date.now });
}

/** A program that ends with so much; none at all without a code. */
function programThatEndsWith(file: string, code?: number, doing = ''): string {
  rmSync(file, { force: true });
  if (code !== undefined) {
    writeFileSync(file, `#!/bin/sh\n${doing}\nexit ${code}\n`);
    chmodSync(file, 0o755);
  }
  return file;
}

heuristicsContract('fake', ['passed', 'failed', 'unknown'], async () => {
  const gateway = new FakeHeuristics({ database: 2 });
  let next: Attempted = 'passed';
  return {
    gateway,
    comesTo: async (attempted) => void (next = attempted),
    tick: () => gateway.attempt('database', next),
    close: async () => undefined,
  };
});

heuristicsContract('a command', ['passed', 'failed', 'unknown'], async () => {
  const program = join(temporaryFolder(), 'check');
  const gateway = gatewayOf({ command: [program] });
  const codes = { passed: 0, failed: 1, unknown: undefined };
  return {
    gateway,
    comesTo: async (attempted) => void programThatEndsWith(program, codes[attempted]),
    close: () => gateway.close(),
  };
});

heuristicsContract('a URL', ['passed', 'failed'], async () => {
  let status = 204;
  const server = await scriptedServer(() => ({ status }));
  const gateway = gatewayOf({ url: `${server.url}/health?token=x` });
  return {
    gateway,
    comesTo: async (attempted) => void (status = attempted === 'passed' ? 204 : 302),
    close: async () => {
      await gateway.close();
      await server.close();
    },
  };
});

heuristicsContract('a TCP address', ['passed', 'failed'], async () => {
  let server: Server | undefined;
  const listen = (port: number) =>
    new Promise<Server>((resolve) => {
      const opened = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1', () => resolve(opened));
    });
  const end = () => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = await listen(0);
  const { port } = server.address() as AddressInfo;
  await end();
  server = undefined;
  const gateway = gatewayOf({ tcp: `127.0.0.1:${port}` });
  return {
    gateway,
    comesTo: async (attempted) => {
      if (attempted === 'passed') server ??= await listen(port);
      else {
        await end();
        server = undefined;
      }
    },
    close: async () => {
      await gateway.close();
      await end();
    },
  };
});

describe('one attempt', () => {
  const attempt = async (kind: CheckKind, signal = noHurry()): Promise<Attempted> => {
    const tried = attempting(kind, about);
    try {
      return await tried.attempt(signal);
    } finally {
      await tried.close();
    }
  };

  it.each<[string, CheckKind, Attempted]>([
    ['a command that is not there', { command: ['/nonexistent/check'] }, 'unknown'],
    ['a command that ends itself by a signal', { command: ['sh', '-c', 'kill -TERM $$'] }, 'unknown'],
    ['a URL at which nobody listens', { url: 'http://127.0.0.1:1/' }, 'failed'],
    ['an address at which nobody listens', { tcp: '[::1]:1' }, 'failed'],
    ['a name that nobody knows', { tcp: 'site-a.invalid:5432' }, 'unknown'],
    ['a URL whose name nobody knows', { url: 'http://site-a.invalid/' }, 'unknown'],
  ])('at %s', async (_case, kind, attempted) => {
    expect(await attempt(kind)).toBe(attempted);
  });

  it('that does not end in time has failed, and its command is ended with all that it started', async () => {
    const hanging = await scriptedServer(() => 'hang');
    const folder = temporaryFolder();
    const pidFile = join(folder, 'pid');
    const program = programThatEndsWith(join(folder, 'check'), 0, `sleep 600 & echo $! > ${pidFile}; wait`);

    expect(await attempt({ url: hanging.url }, AbortSignal.timeout(100))).toBe('failed');
    expect(await attempt({ command: [program] }, AbortSignal.timeout(2_000))).toBe('failed');

    const pid = Number(readFileSync(pidFile, 'utf8'));
    await until(() => !isRunning(pid), { what: 'the sleep to be ended', withinSeconds: 10 });
    await hanging.close();
  });

  it('gets none of our environment but what a program needs', async () => {
    const program = join(temporaryFolder(), 'check');
    const test = '[ -z "$AWS_SECRET_ACCESS_KEY" ] && [ "$SITEWARDEN_SITE" = site-a ] || exit 1';
    programThatEndsWith(program, 0, test);
    const tried = attempting(
      { command: [program] },
      { ...about, environment: { AWS_SECRET_ACCESS_KEY: 'x', PATH: process.env.PATH } },
    );

    expect(await tried.attempt(noHurry())).toBe('passed');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the checks of a site', () => {
  it('are tried from the first read on, each at its own pace, and no more once closed', async () => {
    const server = await scriptedServer(() => ({}));
    const gateway = gatewayOf({ url: server.url }, { intervalSeconds: 0.05 });

    expect(server.requests).toEqual([]);
    expect(await stateOf(gateway)).toBe('passed');
    await until(() => server.requests.length >= 3, { what: 'more attempts', withinSeconds: 10 });
    await gateway.close();
    const asked = server.requests.length;
    expect(await stateOf(gateway)).toBe('passed');
    expect(server.requests).toHaveLength(asked);
    await server.close();
  });

  it('are begun by a read that waits for nothing', async () => {
    const server = await scriptedServer(() => ({}));
    const gateway = gatewayOf({ url: server.url });

    expect(await gateway.read(AbortSignal.abort())).toMatchObject({ database: { unknown: 'HeuristicUnknown' } });
    await until(() => server.requests.length === 1, { what: 'the first attempt', withinSeconds: 10 });

    await gateway.close();
    await server.close();
  });

  it('a restart makes none of them failed: unknown until they were tried again', async () => {
    const server = await scriptedServer(() => ({ status: 503 }));
    const before = gatewayOf({ url: server.url }, { intervalSeconds: 0.05 });
    await until(async () => (await stateOf(before)) === 'failed', { what: 'the failure', withinSeconds: 10 });
    await before.close();

    const after = gatewayOf({ url: server.url }, { intervalSeconds: 60 });

    expect(await stateOf(after)).toBe('HeuristicUnknown');
    await after.close();
    await server.close();
  });

  it('are unknown once their last result is too old, as of a process that was frozen', async () => {
    let now = 1_000_000;
    const server = await scriptedServer(() => ({}));
    const checks: Check[] = [{ name: 'database', kind: { url: server.url }, intervalSeconds: 60, tko: 1 }];
    const gateway = createHeuristicsGateway({ ...about, checks, clock: () => now });

    expect(await gateway.read(noHurry())).toEqual({ database: { value: 'passed', at: 1_000_000 } });
    now += 180_001;
    expect(await gateway.read(noHurry())).toEqual({ database: { unknown: 'HeuristicUnknown', at: 1_000_000 } });
    await gateway.close();
    await server.close();
  });

  it('close while an attempt hangs', async () => {
    const server = await scriptedServer(() => 'hang');
    const gateway = gatewayOf({ url: server.url }, { intervalSeconds: 300 });
    void gateway.read(AbortSignal.abort());
    await until(() => server.requests.length === 1, { what: 'the attempt', withinSeconds: 10 });

    await expect(gateway.close()).resolves.toBeUndefined();
    expect(await stateOf(gateway)).toBe('HeuristicUnknown');
    await server.close();
  });
});
