import { isEqual } from '../../domain/comparison';
import { labCaches } from '../../lab/infinispan';
import { until } from '../../lab/until';
import { failureOf, noHurry } from '../support/outcome';
import { SynchronizingPair, type MediaTypes, type SynchronizingParts } from '../support/synchronizing-pair';

const [cache] = labCaches;

const bytesOf = (...bytes: number[]) => Buffer.from(bytes);
/** A protobuf WrappedMessage of bytes (field 10) or of text (field 9): what Hot Rod clients such as Keycloak store. */
const wrapped = (field: 9 | 10, bytes: Buffer) => Buffer.concat([bytesOf((field << 3) | 2, bytes.length), bytes]);

/** A field of a protobuf message, of bytes (wire type 2); for lengths and numbers of few bits. */
const field = (number: number, bytes: Buffer) => {
  const tag = (number << 3) | 2;
  return Buffer.concat([tag < 128 ? bytesOf(tag) : bytesOf((tag & 127) | 128, tag >> 7), bytesOf(bytes.length), bytes]);
};

const nestedSchema = `
  syntax = "proto3";
  package nested;
  message Note { string text = 1; }
  message Tab { map<string, Note> notes = 1; }
  message LateNotes { map<string, LateNote> notes = 1; }
  message LateNote { string text = 3; }
  message Notes { map<string, string> notes = 1; }
  message Login { map<string, Tab> tabs = 1; }
`;

/** Entries as clients other than a browser write them: typed, binary, expiring. Between two real servers. */
export function infinispanEntries(parts: () => SynchronizingParts): void {
  describe('entries of real servers', () => {
    let on: SynchronizingPair;
    beforeEach(async () => {
      on = await SynchronizingPair.begin(parts());
    }, 60_000);
    afterEach(() => on.end(), 60_000);

    interface Written {
      keyType?: string;
      key: string;
      type: string;
      value: Buffer;
    }

    async function write(site: 'A' | 'B', { keyType = 'text/plain', key, type, value }: Written): Promise<void> {
      const headers = { 'key-content-type': keyType, 'content-type': type };
      const rest = site === 'A' ? on.restA : on.restB;
      const { status, text } = await rest.ask('PUT', `/caches/typed/${key}`, { body: value, headers });
      if (status !== 204) throw new Error(`${key} was answered ${status} ${text}`);
    }

    /** Of four keys one is equal, one differs, one is on each site only. */
    async function disagree(entry: (key: number, value: number) => Written): Promise<void> {
      for (const site of ['A', 'B'] as const) {
        await write(site, entry(1, 1));
        await write(site, entry(2, site === 'A' ? 2 : 20));
        await write(site, entry(site === 'A' ? 3 : 4, 3));
      }
    }

    const binary = 'application/octet-stream';
    const hexKey = (key: number) => ({ keyType: `${binary}; encoding=hex`, key: `0xff0${key}fe` });
    const comparable: [string, string, (key: number, value: number) => Written][] = [
      [
        'bytes, in a protobuf cache',
        'application/x-protostream',
        (key, value) => ({ ...hexKey(key), type: binary, value: bytesOf(0, 0xff, 0x80, value) }),
      ],
      [
        'protobuf messages of bytes under keys of bytes, as Keycloak has them',
        'application/x-protostream',
        (key, value) => ({
          ...hexKey(key),
          ...{ type: 'application/x-protostream', value: wrapped(10, bytesOf(0xff, 0, value)) },
        }),
      ],
      [
        'bytes without a type under keys of text, whose list is unreadable',
        binary,
        (key, value) => ({ key: `key-${key}`, type: binary, value: bytesOf(0, 0xff, 0x80, value) }),
      ],
      [
        'protobuf messages of text',
        'application/x-protostream',
        (key, value) => ({
          key: `key-${key}`,
          ...{ type: 'application/x-protostream', value: wrapped(9, Buffer.from(`v${value}`)) },
        }),
      ],
    ];

    it.each(comparable)(
      '%s: what differs is counted, and a push carries them',
      async (_, mediaType, entry) => {
        const typed = await on.addCache('typed', mediaType);
        try {
          await disagree(entry);
          const before = (await on.compared()).caches.typed;
          await on.empty();
          await on.push(['typed']);
          await on.pushed();
          const after = (await on.compared()).caches.typed;

          const four = { keepEntries: 3, staleEntries: 3, onlyOnKeep: 1, onlyOnStale: 1, differing: 1 };
          expect(before).toEqual(four);
          expect(after).toEqual({ ...four, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 });
        } finally {
          await typed.remove();
        }
      },
      60_000,
    );

    const incomparable: [string, MediaTypes, (key: number, value: number) => Written][] = [
      [
        'bytes under keys of bytes, both without a type, which the server makes unreadable',
        binary,
        (key, value) => ({ ...hexKey(key), type: binary, value: bytesOf(0, 0xff, 0x80, value) }),
      ],
    ];

    it.each(incomparable)(
      '%s: nothing is said rather than "equal"',
      async (_, mediaType, entry) => {
        const typed = await on.addCache('typed', mediaType);
        try {
          await disagree(entry);
          const failure = await failureOf(on.compared());

          expect(failure).toMatchObject({ type: 'InfinispanAnswerUnreadable' });
        } finally {
          await typed.remove();
        }
      },
      60_000,
    );

    describe('a map of messages that hold messages, as a login in progress is one of Keycloak', () => {
      const note = (text: number) => field(1, Buffer.from(`note ${text}`));
      const login = (text: number) => {
        const tab = field(1, Buffer.concat([field(1, Buffer.from('note')), field(2, note(text))]));
        return field(1, Buffer.concat([field(1, Buffer.from('tab')), field(2, tab)]));
      };
      const nested = (key: number, value: number): Written => ({
        ...{ key: `login%2F${key}`, type: 'application/x-protostream' },
        value: Buffer.concat([field(16, Buffer.from('nested.Login')), field(17, login(value))]),
      });
      let typed: { remove: () => Promise<void> };

      beforeEach(async () => {
        const sites = [on.restA, on.restB];
        await Promise.all(sites.map((rest) => rest.ask('POST', '/schemas/nested.proto', { body: nestedSchema })));
        typed = await on.addCache('typed', 'application/x-protostream');
      });
      afterEach(() => typed.remove());

      it.each<[string, string, (text: Buffer) => Buffer]>([
        ['texts', 'nested.Notes', (text) => text],
        ['messages, whose list is no JSON', 'nested.Tab', (text) => field(1, text)],
        ['messages without their first field', 'nested.LateNotes', (text) => field(3, text)],
      ])('a map of %s that differs in any one of its values is not equal', async (_, type, valueOf) => {
        const mapOf = (texts: readonly string[]) => {
          const entries = texts.map((text, index) =>
            field(1, Buffer.concat([field(1, Buffer.from(`key-${index}`)), field(2, valueOf(Buffer.from(text)))])),
          );
          return Buffer.concat([field(16, Buffer.from(type)), field(17, Buffer.concat(entries))]);
        };
        const same = ['same', 'same', 'same'];
        for (const key of [0, 1, 2]) {
          const stored = { key: `key-${key}`, type: 'application/x-protostream' };
          await write('A', { ...stored, value: mapOf(same) });
          await write('B', { ...stored, value: mapOf(same.with(key, 'other')) });
        }

        expect((await on.compared()).caches.typed).toMatchObject({ onlyOnKeep: 0, onlyOnStale: 0, differing: 3 });
      });

      it('breaks the list of entries off', async () => {
        await write('A', nested(1, 1));

        const listed = on.restA.ask('GET', '/caches/typed?action=entries&limit=-1&metadata=true');

        await expect(listed).rejects.toThrow();
      });

      it('what differs is counted all the same, and a push carries it', async () => {
        await disagree(nested);
        const before = (await on.compared()).caches.typed;
        await on.empty();
        await on.push(['typed']);
        await on.pushed();
        const after = (await on.compared()).caches.typed;

        const four = { keepEntries: 3, staleEntries: 3, onlyOnKeep: 1, onlyOnStale: 1, differing: 1 };
        expect(before).toEqual(four);
        expect(after).toEqual({ ...four, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 });
      }, 60_000);

      it.each([
        ['bytes', binary, hexKey(9)],
        ['a number', 'application/x-java-object;type=java.lang.Integer', { key: '9' }],
      ])(
        'beside a key that is %s nothing is said rather than "equal"',
        async (_, keyType, key) => {
          for (const site of ['A', 'B'] as const) {
            await write(site, nested(1, 1));
            await write(site, { keyType, ...key, type: 'text/plain', value: Buffer.from('v') });
          }

          expect(await failureOf(on.compared())).toMatchObject({ type: 'InfinispanAnswerUnreadable' });
        },
        60_000,
      );
    });

    it('keys of every type are told apart, and equal on both sites', async () => {
      const more = await on.addCache('typed');
      try {
        const types = ['x-java-object;type=java.lang.Integer', 'x-java-object;type=java.lang.Long', 'octet-stream'];
        for (const type of [...types.map((each) => `application/${each}`), 'text/plain']) {
          const headers = { 'key-content-type': type, 'content-type': 'text/plain' };
          await on.restA.ask('PUT', '/caches/typed/7', { body: 'value', headers });
        }
        const large = {
          'key-content-type': 'application/x-java-object;type=java.lang.Long',
          'content-type': 'text/plain',
        };
        for (const key of ['9007199254740992', '9007199254740993']) {
          await on.restA.ask('PUT', `/caches/typed/${key}`, { body: 'value', headers: large });
        }

        const keys = new Set<string>();
        for await (const { key } of on.a.readEntryDigests('typed', noHurry())) keys.add(key);
        expect(keys.size).toBe(6);
        await on.push(['typed']);
        await on.pushed();
        const { typed } = (await on.compared()).caches;
        expect(typed).toEqual({ keepEntries: 6, staleEntries: 6, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 });
      } finally {
        await more.remove();
      }
    }, 60_000);

    it('a lifespan that the push restarts is no difference, nor is an entry that expired on the kept site only', async () => {
      const text = { 'content-type': 'text/plain' };
      await on.restA.ask('PUT', `/caches/${cache}/long`, { body: 'v', headers: { ...text, timeToLiveSeconds: '600' } });
      await on.restA.ask('PUT', `/caches/${cache}/short`, { body: 'v', headers: { ...text, timeToLiveSeconds: '4' } });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await on.push([cache]);
      await on.pushed();
      await until(async () => (await on.restA.size(cache)) === 1, {
        what: 'it expired on the kept site',
        withinSeconds: 10,
      });

      const comparison = await on.compared();

      expect(isEqual(comparison)).toBe(true);
      expect(comparison.caches[cache]).toMatchObject({ onlyOnKeep: 0, onlyOnStale: 0, differing: 0 });
    }, 60_000);
  });
}
