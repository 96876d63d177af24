import { createInfinispanGateway } from '../../gateways/infinispan';
import type { EntryDigest } from '../../gateways/ports';
import { FakeCredentials } from '../support/fake-credentials';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer, type ScriptedAnswer } from '../support/scripted-server';

const container = {
  ...{ local_site: 'site-a', relay_node: true, sites_view: ['site-a', 'site-b'] },
  ...{ cluster_members: ['a1'], defined_caches: [{ name: 'work' }] },
};

describe('the entries of a cache, read one by one', () => {
  /** @param lists of keys, one after the other; the last one for ever. @param values by path; what is not there is answered 404. */
  async function stored(
    lists: readonly unknown[],
    values: Readonly<Record<string, ScriptedAnswer>>,
  ): Promise<EntryDigest[]> {
    let listed = 0;
    const server = await scriptedServer(({ url = '', headers }) => {
      if (url.endsWith('/container')) return { body: container };
      if (url.endsWith('?action=keys')) return { body: lists[Math.min(listed++, lists.length - 1)] };
      if (headers.accept !== 'application/x-protostream') return { status: 406 };
      return values[url.replace(/.*\/caches\/work\//, '')] ?? { status: 404 };
    });
    const source = new FakeCredentials().put('env:ADMIN', '{"username":"admin","password":"secret"}');
    const gateway = createInfinispanGateway({
      ...{ site: 'site-a', url: server.url, credentials: { source, reference: 'env:ADMIN' } },
      ...{ startedAtCache: 'work', clock: Date.now },
    });
    const read: EntryDigest[] = [];
    try {
      for await (const entry of gateway.readStoredDigests('work', noHurry())) read.push(entry);
      return read;
    } finally {
      await gateway.close();
      await server.close();
    }
  }

  const some = { body: 'some' };

  it('tell keys and values apart, whatever is in a key', async () => {
    const keys = ['a', 'b', 'a/b', '../a', 'é', ' '];
    const values = Object.fromEntries(keys.map((key) => [encodeURIComponent(key), { body: `value of ${key}` }]));
    const digests = await stored([keys], values);

    expect(new Set(digests.map(({ key }) => key)).size).toBe(keys.length);
    expect(new Set(digests.map(({ value }) => value)).size).toBe(keys.length);
  });

  it('tell when an entry that expires was stored', async () => {
    const headers = { created: '1795413591309', expires: 'Mon, 23 Nov 2026 06:29:51 GMT' };
    const [lasting, expiring] = await stored([['a', 'b']], { a: some, b: { ...some, headers } });

    expect([lasting?.expires, lasting?.created]).toEqual([false, undefined]);
    expect([expiring?.expires, expiring?.created]).toEqual([true, 1_795_413_591_309]);
    expect(expiring?.value).toBe(lasting?.value);
  });

  it('more than are asked for at once are all read', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);

    expect(await stored([keys], Object.fromEntries(keys.map((key) => [key, some])))).toHaveLength(100);
  });

  it('what was removed since it was listed is no entry; what came instead is one', async () => {
    const both = await stored([['a', 'gone'], ['a']], { a: some });
    const came = await stored(
      [
        ['a', 'gone'],
        ['a', 'new'],
      ],
      { a: some, new: some },
    );

    expect([both.length, came.length]).toEqual([1, 2]);
  });

  it('what comes and goes while it is read is not taken for a key that is no text', async () => {
    const lists = [
      ['a', 'short-1'],
      ['a', 'short-2'],
      ['a', 'short-3', 'b'],
      ['a', 'b'],
    ];

    expect(await stored(lists, { a: some, b: some })).toHaveLength(2);
  });

  it.each([202, 203, 204, 206])(
    'a value that is answered %d is not read: it would be equal to every other',
    async (status) => {
      const failure = await failureOf(stored([['a']], { a: { status, body: 'some' } }));

      expect(failure).toMatchObject({ type: 'InfinispanAnswerUnreadable' });
    },
  );

  it.each<[string, readonly unknown[]]>([
    ['that stays listed without an entry', [['a', 'none']]],
    [
      'that is listed by another name each time, as bytes are',
      [
        ['a', '[B@1'],
        ['a', '[B@2'],
        ['a', '[B@3'],
        ['a', '[B@4'],
        ['a', '[B@5'],
        ['a', '[B@6'],
        ['a', '[B@7'],
      ],
    ],
    ['that reads like another one', [['a', 'a']]],
    ['that is no text', [['a', 7]]],
    ['that means another path', [['a', '..']]],
    ['that is empty', [['a', '']]],
    ['that ends in half a character', [['a', '\uD83D']]],
    ['of a list that is cut short', ['["a","b"']],
  ])('a key %s: nothing is said rather than "absent"', async (_, lists) => {
    expect(await failureOf(stored(lists, { a: some }))).toMatchObject({ type: 'InfinispanAnswerUnreadable' });
  });
});
