import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookOf } from '../../domain/isolation';
import { createNetworkGateway, type NetworkOptions } from '../../gateways/network';
import { readTools } from '../../lab/tools';
import { FakeNetwork } from '../support/fake-network';
import { noHurry } from '../support/outcome';
import { scriptedServer } from '../support/scripted-server';
import { temporaryFolder } from '../support/temporary-folder';
import { networkContract } from './network.contract';

const cabledPing = join(__dirname, '..', 'support', 'cabled-ping.sh');
const usual = { key: 'sentinel.network', addresses: [], urls: [], timeoutMs: 1_000 };
const { ping } = readTools('ping');
const realPing = [ping, '-c', '1', '-W', '{timeoutSeconds}', '-n', '{address}'] as const;

networkContract('fake', async () => {
  const gateway = new FakeNetwork(['one', 'other']);
  return {
    gateway,
    targets: ['one', 'other'],
    silence: async (target, silent) => void (silent ? gateway.silent.add(target) : gateway.silent.delete(target)),
    hinder: async () => void (gateway.obstacles = ['as the test asked']),
    close: async () => undefined,
  };
});

/** The real ping, of both families. */
networkContract('ping', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'ping');
  writeFileSync(program, `#!/bin/sh\nexec ${cabledPing} ${folder} ${ping} "$@"\n`, { mode: 0o755 });
  const command = [program, ...realPing.slice(1)] as const;
  const gateway = createNetworkGateway({ ...usual, addresses: ['127.0.0.1', '::1'], ping: command, ping6: command });
  return {
    gateway,
    targets: ['127.0.0.1', '::1'],
    silence: async (target, silent) => {
      const pulled = join(folder, `pulled-${target}`);
      if (silent) writeFileSync(pulled, '');
      else rmSync(pulled);
    },
    hinder: async () => rmSync(program),
    close: () => gateway.close(),
  };
});

const notExecutable = join(temporaryFolder(), 'ping');
writeFileSync(notExecutable, '', { mode: 0o600 });

describe('the network check by ping', () => {
  const check = (options: Partial<NetworkOptions>) => createNetworkGateway({ ...usual, ...options });

  it('calls no shell: an address is an argument, whatever stands in it', async () => {
    const folder = temporaryFolder();
    const seen = join(folder, 'seen');
    const script = join(folder, 'show');
    writeFileSync(script, `#!/bin/sh\nprintf '%s|' "$@" > ${seen}\n`, { mode: 0o755 });
    const gateway = check({
      addresses: ['$(reboot)'],
      nic: 'lo',
      ping: [script, '{nic}', '{timeoutSeconds}', 'a {address}'],
    });

    expect(await gateway.probe(noHurry())).toEqual([{ target: '$(reboot)', outcome: 'reached' }]);
    expect(readFileSync(seen, 'utf8')).toBe('lo|1|a $(reboot)|');
  });

  it('is silent through an interface that is not there, and says so at the start', async () => {
    const gateway = check({
      addresses: ['127.0.0.1'],
      nic: 'nosuch0',
      ping: [ping, '-c', '1', '-I', '{nic}', '{address}'],
    });

    expect(lookOf(await gateway.probe(noHurry()))).toBe('isolated');
    expect(await gateway.readObstacles(noHurry())).toEqual([
      expect.stringMatching(/no network interface "nosuch0".*sentinel\.network\.nic/),
    ]);
  });

  it('ends a ping that hangs', async () => {
    const gateway = check({ addresses: ['127.0.0.1'], timeoutMs: 100, ping: ['sleep', '600'] });

    expect(await gateway.probe(noHurry())).toEqual([
      { target: '127.0.0.1', outcome: 'silent', says: 'no answer in time' },
    ]);
    expect(await gateway.readObstacles(noHurry())).toEqual([expect.stringMatching(/does not end by itself.*-c 1/)]);
  });

  it.each([
    ['missing', ['no-such-ping', '{address}'], /"no-such-ping" is missing.*install it/],
    [
      'without a right to its socket',
      ['sh', '-c', 'echo "ping: socket: Operation not permitted" >&2; exit 2'],
      /no right to ping.*setcap cap_net_raw/,
    ],
    ['not executable', [notExecutable], /no right to ping/],
    ['missing behind a wrapper', ['sh', '-c', 'no-such-ping'], /is missing/],
    ['called in a way it does not know', ['sh', '-c', 'echo "usage: ping host" >&2; exit 2'], /as this ping wants it/],
    ['ended by a fault of its own', ['sh', '-c', 'kill -SEGV $$'], /was ended by SIGSEGV: install it anew/],
    ['no program at all', [join(cabledPing, 'ping')], /is missing/],
    [
      'without IPv6',
      ['sh', '-c', 'echo "ping: socket: Address family not supported by protocol" >&2; exit 2'],
      /cannot ask 127\.0\.0\.1 .*enable IPv6/,
    ],
    ['printing without end', ['yes', '{address}'], /it prints without end/],
  ] as const)(
    'says in one sentence what to do when ping is %s, and takes it for no silence',
    async (_what, command, says) => {
      const gateway = check({ addresses: ['127.0.0.1'], ping: command });

      expect(lookOf(await gateway.probe(noHurry()))).toBe('unknown');
      expect(await gateway.readObstacles(noHurry())).toEqual([expect.stringMatching(says)]);
    },
  );
});

describe('the network check by URL', () => {
  it.each([
    [200, 'connected'],
    [302, 'connected'],
    [404, 'isolated'],
    [503, 'isolated'],
  ] as const)('an answer %i means %s', async (status, look) => {
    const server = await scriptedServer(() => ({ status, headers: { location: '/' } }));
    const gateway = createNetworkGateway({ ...usual, urls: [`${server.url}/up?token=canary`] });

    const probes = await gateway.probe(noHurry());

    expect(lookOf(probes)).toBe(look);
    expect(JSON.stringify(probes)).not.toContain('canary');
    expect(server.requests).toEqual(['GET /up?token=canary']);
    await server.close();
  });

  it.each(['hang', 'reset'] as const)('a %s is silence, within the time for one target', async (answer) => {
    const server = await scriptedServer(() => answer);
    const gateway = createNetworkGateway({ ...usual, urls: [server.url], timeoutMs: 200 });

    expect(lookOf(await gateway.probe(noHurry()))).toBe('isolated');
    await server.close();
  });

  it('goes through the interface that is named', async () => {
    const server = await scriptedServer(() => ({ status: 200 }));
    const look = async (nic: string) =>
      lookOf(await createNetworkGateway({ ...usual, urls: [server.url], nic }).probe(noHurry()));

    expect(await look('lo')).toBe('connected');
    expect(await look('nosuch0')).toBe('isolated');
    await server.close();
  });
});
