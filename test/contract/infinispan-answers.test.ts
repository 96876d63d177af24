import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FailureType } from '../../domain/failure-types';
import { createInfinispanGateway, type InfinispanGateway } from '../../gateways/infinispan';
import type { CredentialSource } from '../../gateways/secret-ports';
import { makeCertificates } from '../../lab/certificates';
import { FakeCredentials } from '../support/fake-credentials';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer, type Script, type ScriptedAnswer, type ScriptedServer } from '../support/scripted-server';

const reference = 'aws:infinispan/site-a';
const sending = { commandId: 'pair-20260101T0000Z-ab12/1/3', signal: noHurry() };
const container = {
  local_site: 'site-a',
  relay_node: true,
  sites_view: ['site-a', 'site-b'],
  cluster_members: ['a1'],
  defined_caches: [
    { name: 'work', started: true },
    { name: 'local only', started: true },
  ],
};

describe("Infinispan's answers, as one site's gateway takes them", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let server: ScriptedServer;
  let gateway: InfinispanGateway;

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function answering(
    script: Script,
    options: { credentials?: CredentialSource; tls?: { key: string; cert: string }; ca?: string } = {},
  ): Promise<void> {
    server = await scriptedServer(script, options.tls);
    cleanups.push(() => server.close());
    gateway = createInfinispanGateway({
      site: 'site-a',
      url: server.url,
      ca: options.ca,
      credentials: { source: options.credentials ?? passwords('secret'), reference },
      startedAtCache: 'work',
      clock: () => 1_000_000,
      timeouts: { connectMs: 1_000, readMs: 200, changeMs: 200 },
    });
    const opened = gateway;
    cleanups.push(() => opened.close());
  }

  it.each<[string, ScriptedAnswer | 'hang' | 'reset' | 'hangInBody', FailureType, boolean]>([
    ['403', { status: 403, body: "ISPN000287: Unauthorized access: lacks 'ADMIN'" }, 'InfinispanDenied', false],
    ['404', { status: 404 }, 'InfinispanNotFound', false],
    ['400', { status: 400, body: "Invalid 'action' parameter supplied" }, 'InfinispanFailed', false],
    ['500', { status: 500, body: 'ISPN012047: Site operation failed' }, 'InfinispanFailed', true],
    ['503', { status: 503 }, 'InfinispanFailed', true],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'InfinispanAnswerUnreadable', true],
    ['text that is not JSON', { body: '<html>maintenance</html>' }, 'InfinispanAnswerUnreadable', true],
    ['JSON of another shape', { body: { hello: 'world' } }, 'InfinispanAnswerUnreadable', true],
    ['no answer', 'hang', 'InfinispanUnreachable', true],
    ['half an answer', 'hangInBody', 'InfinispanUnreachable', true],
    ['a reset', 'reset', 'InfinispanUnreachable', true],
    ['another site', { body: { ...container, local_site: 'site-b' } }, 'InfinispanAnswersAsAnotherSite', false],
    ['no relay node', { body: { ...container, relay_node: false } }, 'InfinispanNotARelay', true],
    ['an empty view', { body: { ...container, sites_view: [] } }, 'InfinispanNotARelay', true],
  ])('reading the view: %s fails by name', async (_, answer, type, retryable) => {
    await answering(() => answer);

    const failure = await failureOf(gateway.readView(noHurry()));

    expect(failure).toMatchObject({ type, retryable });
    expect(server.requests).toEqual(['GET /rest/v2/container']);
  });

  describe('whatever is asked', () => {
    const calls: Record<string, (of: InfinispanGateway) => Promise<unknown>> = {
      'the view': (of) => of.readView(noHurry()),
      'the start': (of) => of.readStartedAt(noHurry()),
      'the backups': (of) => of.readBackups('site-b', noHurry()),
      'the configurations': (of) => of.readCacheConfigurations('site-b', ['work'], noHurry()),
      'the bridge': (of) => of.readBridge(noHurry()),
      'the sizes': (of) => of.readSizes(['work'], noHurry()),
      'the health': (of) => of.readCluster(noHurry()),
      'how much was stored': (of) => of.readStores(['work'], noHurry()),
      'to take a backup offline': (of) => of.takeBackupOffline('site-b', sending),
      'to bring a backup online': (of) => of.bringBackupOnline('site-b', sending),
    };
    const bad: [string, ReturnType<Script>, FailureType][] = [
      ['403', { status: 403 }, 'InfinispanDenied'],
      ['404', { status: 404 }, 'InfinispanNotFound'],
      ['500', { status: 500 }, 'InfinispanFailed'],
      ['503', { status: 503 }, 'InfinispanFailed'],
      ['a redirect', { status: 307, headers: { location: '/rest/v3' } }, 'InfinispanAnswerUnreadable'],
      ['200 with HTML', { body: '<html>maintenance</html>' }, 'InfinispanAnswerUnreadable'],
      ['200 with nothing', { body: '' }, 'InfinispanAnswerUnreadable'],
      ['200 with a list', { body: [] }, 'InfinispanAnswerUnreadable'],
      ['nothing in time', 'hang', 'InfinispanUnreachable'],
      ['half an answer', 'hangInBody', 'InfinispanUnreachable'],
      ['a reset', 'reset', 'InfinispanUnreachable'],
    ];

    it.each(Object.keys(calls).flatMap((what) => bad.map((answer) => [what, ...answer] as const)))(
      '%s, answered with %s, fails by name and is asked once',
      async (what, _, answer, type) => {
        await answering(() => answer);

        expect((await failureOf((calls[what] as (typeof calls)[string])(gateway))).type).toBe(type);
        expect(server.requests).toHaveLength(1);
      },
    );

    it.each(Object.keys(calls))('%s, answered with 200 and {}, is no success', async (what) => {
      await answering(() => ({ body: {} }));

      const { type } = await failureOf((calls[what] as (typeof calls)[string])(gateway));

      expect(type).toBe(what.startsWith('to ') ? 'InfinispanIncomplete' : 'InfinispanAnswerUnreadable');
    });

    it.each(Object.keys(calls))('%s, refused with 401, is asked once more with the secret read anew', async (what) => {
      await answering(() => ({ status: 401 }), { credentials: passwords('old', 'new') });

      expect((await failureOf((calls[what] as (typeof calls)[string])(gateway))).type).toBe('InfinispanUnauthorized');
      expect(server.headers.map(({ authorization }) => authorization)).toEqual(['old', 'new'].map(basic));
    });

    it.each(Object.keys(calls))('%s, redirected, takes no credentials elsewhere', async (what) => {
      const elsewhere = await scriptedServer(() => ({ body: container }));
      cleanups.push(() => elsewhere.close());
      await answering(({ url }) => ({ status: 302, headers: { location: `${elsewhere.url}${url}` } }));

      await failureOf((calls[what] as (typeof calls)[string])(gateway));

      expect(elsewhere.requests).toEqual([]);
    });
  });

  it.each<[string, unknown, FailureType, RegExp]>([
    ['nothing was done', {}, 'InfinispanIncomplete', /nothing was done/],
    ['every cache failed', { work: 'ISPN000216: x', users: 'ISPN000216: y' }, 'InfinispanIncomplete', /0 of 2/],
    ['the site is unknown', { work: 'Incorrect site name: site-b' }, 'InfinispanNotFound', /incorrect site name/],
    ['one cache failed', { work: 'ok', users: 'Exception on users : x' }, 'InfinispanIncomplete', /1 of 2.*users/],
    ['a value is no text', { work: { status: 'ok' } }, 'InfinispanAnswerUnreadable', /cannot be understood/],
    ['the body is empty', '', 'InfinispanAnswerUnreadable', /not JSON/],
  ])('taking a backup offline: 200 although %s is a failure', async (_, body, type, message) => {
    await answering(() => ({ body }));

    const failure = await failureOf(gateway.takeBackupOffline('site-b', sending));

    expect(failure.type).toBe(type);
    expect(failure.message).toMatch(message);
  });

  it('taking a backup offline: the command is named in the User-Agent, and sent once', async () => {
    await answering(() => ({ body: { work: 'ok', users: 'ok' } }));

    const caches = await gateway.takeBackupOffline('site-b', sending);

    expect(caches).toEqual(['work', 'users']);
    expect(server.requests).toEqual(['POST /rest/v2/container/x-site/backups/site-b?action=take-offline']);
    expect(server.headers[0]?.['user-agent']).toBe('sitewarden cmd/pair-20260101T0000Z-ab12/1/3');
  });

  it('taking a backup offline: no answer is sent again by nobody', async () => {
    await answering(() => 'hang');

    const failure = await failureOf(gateway.takeBackupOffline('site-b', sending));

    expect(failure.type).toBe('InfinispanUnreachable');
    expect(server.requests).toHaveLength(1);
  });

  it('names cannot leave their place in the path', async () => {
    await answering(() => ({ status: 404 }));

    await failureOf(gateway.takeBackupOffline('../x?action=bring-online#\r\nflags: X', sending));
    await failureOf(gateway.readSizes(['..'], noHurry()));

    expect(server.requests).toEqual([
      'POST /rest/v2/container/x-site/backups/..%2Fx%3Faction%3Dbring-online%23%0D%0Aflags%3A%20X?action=take-offline',
      'GET /rest/v2/caches/..?action=size',
    ]);
    expect(server.headers[0]).not.toHaveProperty('flags');
  });

  it('a command id cannot add a header', async () => {
    await answering(() => ({ body: { work: 'ok' } }));

    await gateway.takeBackupOffline('site-b', { ...sending, commandId: 'x/1/1\r\nflags: CACHE_MODE_LOCAL' });

    expect(server.headers[0]).not.toHaveProperty('flags');
  });

  describe('backups', () => {
    it('a cache without backups, or with others only, is left out', async () => {
      await answering((request) => {
        if (request.url === '/rest/v2/container') return { body: container };
        if (request.url?.includes('local%20only')) return { status: 404 };
        return { body: { 'site-b': { status: 'mixed', online: ['a1'], offline: ['a2'], mixed: [] } } };
      });

      await expect(gateway.readBackups('site-b', noHurry())).resolves.toEqual({ work: 'mixed' });
      await expect(gateway.readBackups('site-c', noHurry())).resolves.toEqual({});
    });

    it.each<[string, unknown, FailureType]>([
      ['the status call failed over there', { ERROR: 'timed out' }, 'InfinispanFailed'],
      ['a status is unknown', { 'site-b': { status: 'unknown' } }, 'InfinispanAnswerUnreadable'],
      ['a status is no status', { 'site-b': 'online' }, 'InfinispanAnswerUnreadable'],
    ])('fail although answered 200: %s', async (_, body, type) => {
      await answering((request) => ({ body: request.url === '/rest/v2/container' ? container : body }));

      expect((await failureOf(gateway.readBackups('site-b', noHurry()))).type).toBe(type);
    });

    it('are told as they are: online, offline, mixed, failed', async () => {
      const statuses = ['online', 'offline', 'mixed', 'failed'];
      const defined_caches = statuses.map((name) => ({ name }));
      await answering(({ url }) => {
        if (url === '/rest/v2/container') return { body: { ...container, defined_caches } };
        return { body: { 'site-b': { status: url?.split('/')[4] } } };
      });

      await expect(gateway.readBackups('site-b', noHurry())).resolves.toEqual(
        Object.fromEntries(statuses.map((status) => [status, status])),
      );
    });

    it('of a server of another site are not read', async () => {
      await answering(() => ({ body: { ...container, local_site: 'site-b' } }));

      expect((await failureOf(gateway.readBackups('site-b', noHurry()))).type).toBe('InfinispanAnswersAsAnotherSite');
      expect(server.requests).toEqual(['GET /rest/v2/container']);
    });

    it('fail when one cache of several cannot be read', async () => {
      await answering((request) => {
        if (request.url === '/rest/v2/container') return { body: container };
        return request.url?.includes('work') ? { body: { 'site-b': { status: 'offline' } } } : { status: 500 };
      });

      expect((await failureOf(gateway.readBackups('site-b', noHurry()))).type).toBe('InfinispanFailed');
    });
  });

  describe('configurations of caches', () => {
    const configured = (configuration: unknown) => (): Promise<void> =>
      answering(({ url }) => ({ body: url === '/rest/v2/container' ? container : { work: configuration } }));

    it('have the defaults of the schema where nothing is written', async () => {
      await configured({ 'distributed-cache': { mode: 'SYNC', backups: { 'site-b': { backup: {} } } } })();

      await expect(gateway.readCacheConfigurations('site-b', ['work'], noHurry())).resolves.toEqual({
        work: { transactionMode: 'NONE', backup: { strategy: 'ASYNC', failurePolicy: 'WARN' } },
      });
    });

    it.each<[string, unknown]>([
      ['of another cache', undefined],
      ['of no kind', {}],
      ['with a transaction mode that is none', { 'distributed-cache': { transaction: { mode: 'XA' } } }],
      [
        'with a strategy that is none',
        { 'replicated-cache': { backups: { 'site-b': { backup: { strategy: 'MAYBE' } } } } },
      ],
    ])('cannot be understood %s', async (_what, configuration) => {
      await configured(configuration)();

      const failure = await failureOf(gateway.readCacheConfigurations('site-b', ['work'], noHurry()));
      expect(failure.type).toBe('InfinispanAnswerUnreadable');
    });
  });

  describe('the bridge', () => {
    const bridge = (settings: object) => ({ extends: 'tunnel', ...settings });
    const site = { extends: 'site-tcp', 'remote-sites': { 'default-stack': 'bridge', cluster: 'xsite' } };
    const stacked = async (stacks: Record<string, unknown>) => {
      const whole = Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, { stack }]));
      await answering(({ url }) => ({
        body: url === '/rest/v2/container' ? container : { infinispan: { jgroups: { stacks: whole } } },
      }));
      return gateway.readBridge(noHurry());
    };

    it.each<[string, Record<string, unknown>, number]>([
      ['as it says itself', { bridge: bridge({ UNICAST3: { conn_close_timeout: '1000' } }) }, 1_000],
      ['with a unit', { bridge: bridge({ UNICAST3: { conn_close_timeout: '4m' } }) }, 240_000],
      [
        'as the stack says that it extends',
        { bridge: { extends: 'own' }, own: { UNICAST4: { conn_close_timeout: 7 } } },
        7,
      ],
      ['as the built-in tunnel leaves it', { bridge: bridge({ UNICAST3: { xmit_interval: '100' } }) }, 240_000],
      ['as the built-in tcp has it', { bridge: { extends: 'tcp' } }, 5_000],
    ])('keeps what it could not deliver %s', async (_name, stacks, keepsUndeliveredMs) => {
      await expect(stacked({ xsite: site, ...stacks })).resolves.toEqual({ stack: 'bridge', keepsUndeliveredMs });
    });

    it.each<[string, Record<string, unknown>]>([
      ['no stack has remote sites', { bridge: bridge({}) }],
      ['a stack is in a file', { xsite: site, bridge: undefined }],
      ['it extends one that nobody knows', { xsite: site, bridge: { extends: 'mine' } }],
      ['stacks extend each other', { xsite: site, bridge: { extends: 'other' }, other: { extends: 'bridge' } }],
      ['a length is none', { xsite: site, bridge: bridge({ UNICAST3: { conn_close_timeout: 'long' } }) }],
    ])('is unknown where %s', async (_name, stacks) => {
      expect((await failureOf(stacked(stacks))).type).toBe('InfinispanAnswerUnreadable');
    });
  });

  it('the start is now minus the time since the cache started', async () => {
    await answering(() => ({ body: { time_since_start: 600, stores: 3 } }));

    await expect(gateway.readStartedAt(noHurry())).resolves.toBe(400_000);
  });

  it('the start is not known when statistics are off', async () => {
    await answering(() => ({ body: { time_since_start: -1 } }));

    expect((await failureOf(gateway.readStartedAt(noHurry()))).type).toBe('InfinispanAnswerUnreadable');
  });

  describe('credentials', () => {
    it('are fetched anew once after a 401, and what they allow then counts', async () => {
      await answering(wantsPassword('rotated'), { credentials: passwords('old', 'rotated') });

      await expect(gateway.readView(noHurry())).resolves.toMatchObject({ localSite: 'site-a' });
      expect(server.requests).toHaveLength(2);
    });

    it('refused twice fail by name, without a third try', async () => {
      await answering(wantsPassword('other'), { credentials: passwords('old', 'also-old') });

      const failure = await failureOf(gateway.readView(noHurry()));

      expect(failure).toMatchObject({ type: 'InfinispanUnauthorized', retryable: false });
      expect(server.requests).toHaveLength(2);
      expect(JSON.stringify([failure.message, String(failure.cause)])).not.toMatch(/old/);
    });

    it('that were held before their store went down are used on', async () => {
      const credentials = passwords('secret');
      credentials.down = true;
      await answering(wantsPassword('secret'), { credentials });

      await expect(gateway.readView(noHurry())).resolves.toMatchObject({ localSite: 'site-a' });
    });

    it('that were never held before their store went down fail by name, and nothing is sent', async () => {
      const credentials = new FakeCredentials().put(reference, secretOf('secret'));
      credentials.down = true;
      await answering(() => ({ body: { work: 'ok' } }), { credentials });

      for (const failure of await Promise.all(
        [gateway.readView(noHurry()), gateway.takeBackupOffline('site-b', sending)].map(failureOf),
      )) {
        expect(failure.type).toBe('SecretUnavailable');
      }
      expect(server.requests).toEqual([]);
    });

    it('that are malformed are never sent', async () => {
      const source = { read: async () => 'hunter2', readAnew: async () => 'hunter2' };
      await answering(() => ({ body: container }), { credentials: source });

      const failure = await failureOf(gateway.readView(noHurry()));

      expect(failure.type).toBe('SecretMalformed');
      expect(failure.message).not.toContain('hunter2');
      expect(server.requests).toEqual([]);
    });

    it('that never arrive end with the signal', async () => {
      const never = new Promise<string>(() => undefined);
      await answering(() => ({ body: container }), { credentials: { read: () => never, readAnew: () => never } });
      const controller = new AbortController();

      const reading = failureOf(gateway.readView(controller.signal));
      controller.abort();

      expect((await reading).type).toBe('InfinispanUnreachable');
    });
  });

  it('an ended signal sends nothing', async () => {
    await answering(() => ({ body: { work: 'ok' } }));

    const failure = await failureOf(gateway.takeBackupOffline('site-b', { ...sending, signal: AbortSignal.abort() }));

    expect(failure.type).toBe('InfinispanUnreachable');
    expect(server.requests).toEqual([]);
  });

  it('a signal that ends under a call fails it by name', async () => {
    const controller = new AbortController();
    await answering(() => {
      controller.abort();
      return 'hang';
    });

    const failure = await failureOf(gateway.takeBackupOffline('site-b', { ...sending, signal: controller.signal }));

    expect(failure).toMatchObject({ type: 'InfinispanUnreachable', retryable: true });
  });

  it('a server that is down is unreachable', async () => {
    await answering(() => ({ body: container }));
    await server.close();

    expect((await failureOf(gateway.readView(noHurry()))).type).toBe('InfinispanUnreachable');
  });

  describe('over TLS', () => {
    let folder: string;
    let tls: { key: string; cert: string };
    let ca: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sitewarden-tls-'));
      const { caFile, serverFile } = await makeCertificates(folder, ['site-a']);
      const pem = readFileSync(serverFile['site-a'] as string, 'utf8');
      ca = readFileSync(caFile, 'utf8');
      tls = { key: pem, cert: pem };
    });

    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('a server of the configured CA is trusted', async () => {
      await answering(() => ({ body: container }), { tls, ca });

      await expect(gateway.readView(noHurry())).resolves.toMatchObject({ localSite: 'site-a' });
    });

    it('a server of another CA than the configured one is not, and gets no credentials', async () => {
      const { caFile } = await makeCertificates(join(folder, 'other'), ['site-a']);
      await answering(() => ({ body: { work: 'ok' } }), { tls, ca: readFileSync(caFile, 'utf8') });

      for (const failure of await Promise.all(
        [gateway.readView(noHurry()), gateway.takeBackupOffline('site-b', sending)].map(failureOf),
      )) {
        expect(failure).toMatchObject({ type: 'InfinispanUntrusted', retryable: false });
      }
      expect(server.requests).toEqual([]);
    });

    it('a server that no configured CA vouches for is not, whatever the environment says; no credentials are sent', async () => {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
      cleanups.push(async () => delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
      await answering(() => ({ body: container }), { tls });

      const failure = await failureOf(gateway.readView(noHurry()));

      expect(failure).toMatchObject({ type: 'InfinispanUntrusted', retryable: false });
      expect(server.requests).toEqual([]);
    });
  });
});

/** The first password is held by its readers; the second is what the secret store has now. */
function passwords(held: string, current = held): FakeCredentials {
  const credentials = new FakeCredentials();
  credentials.put(reference, secretOf(held));
  void credentials.read(reference);
  return credentials.put(reference, secretOf(current));
}

const secretOf = (password: string): string => JSON.stringify({ username: 'admin', password });

const basic = (password: string): string => `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;

function wantsPassword(password: string): Script {
  const wanted = basic(password);
  return ({ headers }) => (headers.authorization === wanted ? { body: container } : { status: 401 });
}
