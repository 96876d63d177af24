import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compareSites } from '../../activities/compare/compare-sites';
import { createInfinispanGateway, type InfinispanGateway } from '../../gateways/infinispan';
import type { EntryDigest, ReplicationGateway } from '../../gateways/ports';
import { entriesServer } from '../support/entries-server';
import { FakeCredentials } from '../support/fake-credentials';
import { FakeWorld } from '../support/fake-world';
import { pair } from '../support/observations';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer, type Script } from '../support/scripted-server';
import { anAttempt } from '../unit/activities/an-attempt';

const container = {
  ...{ local_site: 'site-a', relay_node: true, sites_view: ['site-a', 'site-b'] },
  ...{ cluster_members: ['a1'], defined_caches: [{ name: 'work' }] },
};

function gatewayTo(url: string, site: string, streamMs?: number): InfinispanGateway {
  const source = new FakeCredentials().put('env:ADMIN', '{"username":"admin","password":"secret"}');
  const timeouts = { connectMs: 1_000, readMs: 1_000, changeMs: 1_000, streamMs };
  return createInfinispanGateway({
    ...{ site, url, timeouts: streamMs === undefined ? undefined : timeouts },
    ...{ credentials: { source, reference: 'env:ADMIN' }, startedAtCache: 'work', clock: Date.now },
  });
}

describe('the entries of a cache, as they are read', () => {
  async function entriesOf(answer: ReturnType<Script>, streamMs = 500): Promise<EntryDigest[]> {
    const server = await scriptedServer((request) =>
      request.url?.endsWith('/container') ? { body: container } : answer,
    );
    const gateway = gatewayTo(server.url, 'site-a', streamMs);
    const read: EntryDigest[] = [];
    try {
      for await (const entry of gateway.readEntryDigests('work', noHurry())) read.push(entry);
      return read;
    } finally {
      await gateway.close();
      await server.close();
    }
  }
  const entry = (key: unknown, value: unknown = 'value') => ({ key, value, expireTime: -1 });

  it('an empty cache has none', async () => {
    expect(await entriesOf({ body: [] })).toEqual([]);
  });

  it('tell keys of different types apart, and what differs in the last digit of a large number', async () => {
    const keys = ['7', 7, true, null, { _type: 'string', _value: '7' }, { _type: 'int32', _value: 7 }];
    const large = ['9007199254740992', '9007199254740993'].map((digits) => `{"key":${digits},"value":1}`);
    const text = `[${[...keys.map((key) => JSON.stringify(entry(key))), ...large].join(',')}]`;

    expect(new Set((await entriesOf({ body: text })).map(({ key }) => key)).size).toBe(keys.length + large.length);
  });

  it('ignore when they expire, and say that they do', async () => {
    const [lasting, expiring] = await entriesOf({
      body: [entry('one'), { ...entry('one'), timeToLiveSeconds: 600, created: 1, expireTime: 1_795_386_424_868 }],
    });

    expect(expiring).toEqual({ ...lasting, expires: true, created: 1 });
    expect(lasting?.expires).toBe(false);
  });

  it('do not depend on the order in which the server writes fields, nor on escapes', async () => {
    const [one, other] = await entriesOf({
      body: '[{"key":{"_type":"x","a":"é"},"value":1}, {"value":1,"key":{"a":"\\u00e9","_type":"x"}}]',
    });

    expect(one).toEqual(other);
  });

  it.each<[string, unknown]>([
    ['cut short', '[{"key":"a","value":"b"},{"key":"c"'],
    ['without its end', '[{"key":"a","value":"b"}'],
    ['an object', { error: 'no' }],
    ['text', '<html>maintenance</html>'],
    ['nothing', ''],
    ['more than one array', '[][]'],
    ['an entry without a key', [{ value: 'b' }]],
    ['an entry that is none', ['key']],
    ['bytes that the server made unreadable', [entry('\uFFFD\uFFFD')]],
  ])('an answer that is %s is no answer', async (_, body) => {
    expect(await failureOf(entriesOf({ body }))).toMatchObject({ type: 'InfinispanAnswerUnreadable', retryable: true });
  });

  it.each([
    ['hang', 'InfinispanUnreachable'],
    ['hangInBody', 'InfinispanUnreachable'],
    ['reset', 'InfinispanUnreachable'],
  ] as const)('%s ends as %s, by a time-out of its own', async (answer, type) => {
    expect((await failureOf(entriesOf(answer))).type).toBe(type);
  });

  it.each([
    [403, 'InfinispanDenied'],
    [404, 'InfinispanNotFound'],
    [500, 'InfinispanFailed'],
    [307, 'InfinispanAnswerUnreadable'],
  ] as const)('answered with %d fails as %s', async (status, type) => {
    expect((await failureOf(entriesOf({ status }))).type).toBe(type);
  });
});

describe('the memory of a comparison', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  function heldBytes(): number {
    collect();
    // What finalizers let go is freed by the second one.
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  /** What is held at the most while two sites with so many entries of 1 KiB are compared, beyond what was held before. */
  async function heldWith(entries: number): Promise<number> {
    const server = await entriesServer(entries);
    const sites = ['site-a', 'site-b'];
    const gateways = sites.map((site) => gatewayTo(server.url(site), site));
    const replication = Object.fromEntries(sites.map((site, index) => [site, gateways[index] as ReplicationGateway]));
    const caches = ['work'];
    const configured = {
      ...{ pair: { ...pair, caches }, configHash: 'cafe0000' },
      gateways: { ...new FakeWorld({ caches }).gateways(), replication },
    };
    const command = { kind: 'compareSites', keepSite: 'site-a', staleSite: 'site-b', caches, epoch: 1 } as const;
    const before = heldBytes();
    const held: number[] = [];
    let told = 0;
    const tell = (): void => {
      told += 1;
      if (told % 5 === 0) held.push(heldBytes() - before);
    };
    const said = await compareSites(configured, command, { ...anAttempt(), tell });
    expect(said).toMatchObject({ comparison: { caches: { work: { keepEntries: entries, differing: 0 } } } });
    for (const gateway of gateways) await gateway.close();
    await server.close();
    expect(held.length).toBeGreaterThanOrEqual(3);
    return Math.max(...held);
  }

  it('stays flat: 100,000 entries of 1 KiB take a few MB more than 5,000, and not 20 times as much', async () => {
    await heldWith(5_000);
    const few = await heldWith(5_000);
    const many = await heldWith(100_000);

    // All of them would be 200 MB.
    expect(many - Math.max(few, 0)).toBeLessThan(20_000_000);
  }, 120_000);
});
