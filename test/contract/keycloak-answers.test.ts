import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FailureType } from '../../domain/failure-types';
import { createKeycloakWorkload, type KeycloakWorkload } from '../../gateways/keycloak';
import type { CredentialSource } from '../../gateways/secret-ports';
import { makeCertificates } from '../../lab/certificates';
import { FakeCredentials } from '../support/fake-credentials';
import { FakeWorkload } from '../support/fake-workload';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer, type Script, type ScriptedAnswer, type ScriptedServer } from '../support/scripted-server';

const reference = 'aws:keycloak/site-a';
const sending = { commandId: 'pair-20260101T0000Z-ab12/1/3', signal: noHurry() };
const tokenPath = '/auth/realms/ops/protocol/openid-connect/token';
const listPath = '/auth/admin/realms?briefRepresentation=true';
const clearing = (realm: string) => [
  `POST /auth/admin/realms/${realm}/clear-realm-cache`,
  `POST /auth/admin/realms/${realm}/clear-user-cache`,
];

interface Served {
  realms?: string[];
  /** What is told of a path, before everything else. */
  answers?: Record<string, ScriptedAnswer | 'hang' | 'reset' | 'hangInBody'>;
}

/** A Keycloak as it was measured (26.7.3), with a relative path; its token is `token-<secret>`. */
function keycloakWith(secret: string, { realms = ['master', 'shop'], answers = {} }: Served = {}): Script {
  return ({ url = '', headers }, body) => {
    const told = answers[url];
    if (told !== undefined) return told;
    if (url === tokenPath) {
      const form = new URLSearchParams(body);
      const known = form.get('client_id') === 'sitewarden' && form.get('client_secret') === secret;
      if (!known || form.get('grant_type') !== 'client_credentials') {
        return { status: 401, body: { error: 'unauthorized_client', error_description: `not ${body}` } };
      }
      return { body: { access_token: `token-${secret}`, expires_in: 60, token_type: 'Bearer' } };
    }
    if (url.endsWith('/.well-known/openid-configuration'))
      return { body: { issuer: 'https://login.example/realms/ops' } };
    if (headers.authorization !== `Bearer token-${secret}`) return { status: 401, body: { error: 'HTTP 401' } };
    if (url === listPath) return { body: realms.map((realm) => ({ realm, enabled: true })) };
    if (url === '/auth/admin/serverinfo') return { body: { systemInfo: { version: '26.7.3' }, features: [] } };
    return { status: 204 };
  };
}

describe("Keycloak's answers, as one site's gateway takes them", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let server: ScriptedServer;
  let gateway: KeycloakWorkload;
  let commands: FakeWorkload;

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function answering(
    script: Script,
    options: { credentials?: CredentialSource; tls?: { key: string; cert: string }; ca?: string } = {},
  ): Promise<void> {
    const started = await scriptedServer(script, options.tls);
    server = started;
    cleanups.push(() => started.close());
    commands = new FakeWorkload();
    gateway = createKeycloakWorkload({
      commands,
      lbCheck: {
        site: 'site-a',
        url: `${server.url}/lb-check`,
        ca: options.ca,
        timeouts: { connectMs: 1_000, answerMs: 200 },
      },
      admin: {
        site: 'site-a',
        url: `${server.url}/auth/`,
        ca: options.ca,
        realm: 'ops',
        clientId: 'sitewarden',
        secret: { source: options.credentials ?? secrets('s3cret'), reference },
        timeouts: { connectMs: 1_000, answerMs: 200 },
      },
    });
    const opened = gateway;
    cleanups.push(() => opened.close());
  }

  describe('a refresh', () => {
    it('takes one token, lists the realms, and clears both caches of each, one call at a time', async () => {
      await answering(keycloakWith('s3cret'));

      await expect(gateway.refresh(sending)).resolves.toBe('2 realms: realm and user caches cleared (master, shop)');
      expect(server.requests).toEqual([
        `POST ${tokenPath}`,
        `GET ${listPath}`,
        ...clearing('master'),
        ...clearing('shop'),
      ]);
      expect(new Set(server.headers.map((each) => each['user-agent']))).toEqual(
        new Set(['sitewarden cmd/pair-20260101T0000Z-ab12/1/3']),
      );
    });

    it('takes another token when the one it has is over', async () => {
      const script = keycloakWith('s3cret');
      let refused = false;
      await answering((request, body) => {
        if (!request.url?.includes('shop/clear-user') || refused) return script(request, body);
        refused = true;
        return { status: 401 };
      });

      await expect(gateway.refresh(sending)).resolves.toMatch(/^2 realms/);
      expect(server.requests.filter((each) => each === `POST ${tokenPath}`)).toHaveLength(2);
      expect(server.requests.filter((each) => each.includes('shop/clear-user'))).toHaveLength(2);
    });

    it('a token that is refused, and another one too, is a failure by name', async () => {
      const [call = ''] = clearing('master');
      await answering(keycloakWith('s3cret', { answers: { [call.slice('POST '.length)]: { status: 401 } } }));

      expect(await failureOf(gateway.refresh(sending))).toMatchObject({
        type: 'KeycloakUnauthorized',
        retryable: false,
      });
      expect(server.requests.filter((each) => each === call)).toHaveLength(2);
    });

    it('a realm that was deleted meanwhile is no failure, and is not counted', async () => {
      const script = keycloakWith('s3cret', { realms: ['shop'] });
      let listed = 0;
      await answering((request, body) => {
        if (request.url === listPath && (listed += 1) === 1) return { body: [{ realm: 'shop' }, { realm: 'gone' }] };
        return request.url?.includes('/gone/') ? { status: 404 } : script(request, body);
      });

      await expect(gateway.refresh(sending)).resolves.toBe('1 realm: realm and user caches cleared (shop)');
    });

    it('404 for every realm is a failure, also where none is listed any more: nothing was cleared', async () => {
      const script = keycloakWith('s3cret');
      let listed = 0;
      await answering((request, body) => {
        if (request.url === listPath) return { body: (listed += 1) === 1 ? [{ realm: 'shop' }] : [] };
        return request.url?.includes('/shop/') ? { status: 404 } : script(request, body);
      });

      expect(await failureOf(gateway.refresh(sending))).toMatchObject({ type: 'KeycloakFailed', retryable: true });
    });

    it('404 for a realm that is listed still is a failure: somebody else answers', async () => {
      const answers = { '/auth/admin/realms/shop/clear-user-cache': { status: 404 } };
      await answering(keycloakWith('s3cret', { answers }));

      expect(await failureOf(gateway.refresh(sending))).toMatchObject({ type: 'KeycloakFailed', retryable: true });
    });

    it('an account that sees no realm is denied: nothing would be cleared', async () => {
      await answering(keycloakWith('s3cret', { realms: [] }));

      expect(await failureOf(gateway.refresh(sending))).toMatchObject({ type: 'KeycloakDenied', retryable: false });
    });

    it('names of realms cannot leave their place in the path, nor draw on a page', async () => {
      await answering(keycloakWith('s3cret', { realms: ['../x?y#\r\nz'] }));

      const said = await gateway.refresh(sending);

      expect(said).toBe('1 realm: realm and user caches cleared (../x?y# z)');
      expect(server.requests.slice(2)).toEqual(clearing('..%2Fx%3Fy%23%0D%0Az'));
    });

    it.each([200, 201, 400, 403, 500, 503])(
      'a realm whose clear is answered %d fails it, and ends it',
      async (status) => {
        const answers = { '/auth/admin/realms/master/clear-user-cache': { status } };
        await answering(keycloakWith('s3cret', { answers }));

        await failureOf(gateway.refresh(sending));

        expect(server.requests.at(-1)).toBe(clearing('master')[1]);
      },
    );

    it('ends with its signal, in the middle of the realms', async () => {
      const controller = new AbortController();
      const script = keycloakWith('s3cret');
      await answering((request, body) => {
        if (!request.url?.includes('/shop/')) return script(request, body);
        controller.abort();
        return 'hang';
      });

      const failure = await failureOf(gateway.refresh({ ...sending, signal: controller.signal }));

      expect(failure).toMatchObject({ type: 'KeycloakUnreachable', retryable: true });
      expect(server.requests.at(-1)).toBe(clearing('shop')[0]);
    });
  });

  describe('whatever is asked', () => {
    const calls: Record<string, [string, (of: KeycloakWorkload) => Promise<unknown>]> = {
      'a token': [tokenPath, (of) => of.refresh(sending)],
      'the realms': [listPath, (of) => of.refresh(sending)],
      'a clear': [clearing('shop')[1]!.slice('POST '.length), (of) => of.refresh(sending)],
      'the issuer': ['/auth/realms/ops/.well-known/openid-configuration', (of) => of.readServerInfo(noHurry())],
      'the version': ['/auth/admin/serverinfo', (of) => of.readServerInfo(noHurry())],
    };
    const bad: [string, ReturnType<Script>, FailureType, boolean][] = [
      ['403', { status: 403, body: 's3cret token-s3cret' }, 'KeycloakDenied', false],
      ['500', { status: 500, body: 's3cret token-s3cret' }, 'KeycloakFailed', true],
      ['503', { status: 503 }, 'KeycloakFailed', true],
      ['405', { status: 405 }, 'KeycloakFailed', false],
      ['a redirect', { status: 302, headers: { location: '/x' } }, 'KeycloakAnswerUnreadable', true],
      ['nothing in time', 'hang', 'KeycloakUnreachable', true],
      ['a reset', 'reset', 'KeycloakUnreachable', true],
    ];

    it.each(Object.keys(calls).flatMap((what) => bad.map((answer) => [what, ...answer] as const)))(
      '%s, answered with %s, fails by name, and repeats nothing of the answer',
      async (what, _, answer, type, retryable) => {
        const [path, ask] = calls[what]!;
        await answering(keycloakWith('s3cret', { answers: { [path]: answer } }));

        const failure = await failureOf(ask(gateway));

        expect(failure).toMatchObject({ type, retryable });
        expect(failure.message).toContain('site-a');
        expect([failure.message, String(failure.cause)].join()).not.toMatch(/s3cret/);
      },
    );

    it.each(Object.keys(calls).filter((what) => what !== 'a clear'))(
      '%s, answered with 200 and something else, cannot be understood, and nothing of it is repeated',
      async (what) => {
        const [path, ask] = calls[what]!;
        const bodies = [
          '<html>s3cret</html>',
          '',
          [],
          ['s3cret'],
          { access_token: '', issuer: 5, systemInfo: 's3cret' },
        ];
        for (const body of what === 'the realms'
          ? bodies.filter((each) => !Array.isArray(each) || each.length > 0)
          : bodies) {
          await answering(keycloakWith('s3cret', { answers: { [path]: { body } } }));

          const failure = await failureOf(ask(gateway));

          expect(failure.type).toBe('KeycloakAnswerUnreadable');
          expect([failure.message, String(failure.cause)].join()).not.toMatch(/s3cret/);
        }
      },
    );
  });

  it('an account that is not shown the version is denied it', async () => {
    const answers = { '/auth/admin/serverinfo': { body: { features: [] } } };
    await answering(keycloakWith('s3cret', { answers }));

    expect(await failureOf(gateway.readServerInfo(noHurry()))).toMatchObject({
      type: 'KeycloakDenied',
      retryable: false,
    });
  });

  it('the version and the issuer are told', async () => {
    await answering(keycloakWith('s3cret'));

    await expect(gateway.readServerInfo(noHurry())).resolves.toEqual({
      version: '26.7.3',
      issuer: 'https://login.example/realms/ops',
    });
  });

  describe('the secret of the client', () => {
    it('is fetched anew once after it was refused', async () => {
      await answering(keycloakWith('rotated'), { credentials: secrets('old', 'rotated') });

      await expect(gateway.refresh(sending)).resolves.toMatch(/^2 realms/);
      expect(server.requests.filter((each) => each === `POST ${tokenPath}`)).toHaveLength(2);
    });

    it('refused twice fails by name, without a third try, and is in no error', async () => {
      await answering(keycloakWith('other'), { credentials: secrets('old', 'also-old') });

      const failure = await failureOf(gateway.refresh(sending));

      expect(failure).toMatchObject({ type: 'KeycloakUnauthorized', retryable: false });
      expect(server.requests).toHaveLength(2);
      expect([failure.message, String(failure.cause)].join()).not.toMatch(/old/);
    });

    it('may end with a line break, as files do', async () => {
      await answering(keycloakWith('s3cret'), { credentials: secrets('s3cret\n') });

      await expect(gateway.refresh(sending)).resolves.toMatch(/^2 realms/);
    });

    it.each([
      ['two words', 'hunter two'],
      ['nothing', ' \n'],
      ['JSON with spaces', '{ "password": "hunter" }'],
    ])('that is %s is never sent, and not repeated', async (_what, text) => {
      await answering(keycloakWith('s3cret'), { credentials: secrets(text) });

      const failure = await failureOf(gateway.refresh(sending));

      expect(failure.type).toBe('SecretMalformed');
      expect(failure.message).not.toMatch(/hunter/);
      expect(server.requests).toEqual([]);
    });

    it('that never arrives ends with the signal', async () => {
      const never = new Promise<string>(() => undefined);
      await answering(keycloakWith('s3cret'), { credentials: { read: () => never, readAnew: () => never } });
      const controller = new AbortController();

      const refreshing = failureOf(gateway.refresh({ ...sending, signal: controller.signal }));
      controller.abort();

      expect((await refreshing).type).toBe('KeycloakUnreachable');
    });
  });

  describe('the state', () => {
    const says =
      (status: number): Script =>
      () => ({ status });

    it.each<[string, ReturnType<Script>, 'running' | 'stopped', string]>([
      ['200, whatever the command says', { status: 200 }, 'stopped', 'running'],
      ['503 of a node that is not ready', { status: 503 }, 'running', 'running'],
      ['503 of a router', { status: 503 }, 'stopped', 'stopped'],
      ['no answer', 'hang', 'stopped', 'stopped'],
      ['a reset', 'reset', 'running', 'running'],
    ])('%s', async (_what, answer, command, state) => {
      await answering(() => answer);
      commands.running = command === 'running';

      await expect(gateway.readState(noHurry())).resolves.toBe(state);
    });

    it.each(['running', 'stopped'] as const)(
      'a refused connection is no proof: it is %s where the command says so',
      async (state) => {
        await answering(says(200));
        await server.close();
        commands.running = state === 'running';

        await expect(gateway.readState(noHurry())).resolves.toBe(state);
      },
    );

    it('a command that fails tells nothing', async () => {
      await answering(says(503));
      commands.fail('readState', 'WorkloadFailed');

      expect((await failureOf(gateway.readState(noHurry()))).type).toBe('WorkloadFailed');
    });

    it('each look opens a connection of its own', async () => {
      await answering(says(200));

      await gateway.readState(noHurry());
      await gateway.readState(noHurry());

      expect(server.headers.map(({ connection }) => connection)).toEqual(['close', 'close']);
    });
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
      await answering(keycloakWith('s3cret'), { tls, ca });

      await expect(gateway.refresh(sending)).resolves.toMatch(/^2 realms/);
    });

    it('a server that it does not vouch for is not, and gets no secret', async () => {
      await answering(keycloakWith('s3cret'), { tls });

      const calls = [gateway.refresh(sending), gateway.readServerInfo(noHurry()), gateway.readState(noHurry())];
      for (const failure of await Promise.all(calls.map(failureOf))) {
        expect(failure).toMatchObject({ type: 'KeycloakUntrusted', retryable: false });
      }
      expect(server.requests).toEqual([]);
    });
  });
});

/** The first secret is held by its readers; the second is what the secret store has now. */
function secrets(held: string, current = held): FakeCredentials {
  const credentials = new FakeCredentials().put(reference, held);
  void credentials.read(reference);
  return credentials.put(reference, current);
}
