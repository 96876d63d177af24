import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createCredentialSource, parseReference, parseUsernamePassword } from '../../../gateways/secrets';
import { failureOf } from '../../support/outcome';

const reference = 'aws:infinispan/site-a';

/** A secret store that counts, rotates and fails as told; time passes only when the test says so. */
function secretStore() {
  const store = {
    now: 1_000_000,
    text: 'first' as string | undefined,
    failure: undefined as Error | undefined,
    fetches: 0,
    gate: Promise.resolve(),
    told: [] as string[],
    clock: () => store.now,
    client: {
      send: async () => {
        store.fetches += 1;
        await store.gate;
        if (store.failure) throw store.failure;
        return { SecretString: store.text };
      },
    } as unknown as SecretsManagerClient,
    /** From now on nothing is answered, until it is released. */
    hold() {
      let release!: () => void;
      store.gate = new Promise((resolve) => (release = resolve));
      return { release };
    },
  };
  return store;
}

const source = (store: ReturnType<typeof secretStore>) =>
  createCredentialSource({
    clock: store.clock,
    awsClient: store.client,
    journal: {
      fetchFailed: ({ reference: of, failure, servedSince }) =>
        void store.told.push(
          `${of}: ${failure.type}, ${servedSince === undefined ? 'nothing to serve' : `served since ${servedSince}`}`,
        ),
      rotated: ({ reference: of }) => void store.told.push(`${of}: rotated`),
    },
  });

/** Everything that could go on by itself has gone on. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a secret of Secrets Manager', () => {
  it('is fetched once, however many ask and however often', async () => {
    const store = secretStore();
    const credentials = source(store);

    const texts = await Promise.all([1, 2, 3].map(() => credentials.read(reference)));
    texts.push(await credentials.read(reference));

    expect(texts).toEqual(['first', 'first', 'first', 'first']);
    expect(store.fetches).toBe(1);
  });

  it('older than five minutes is fetched anew, while its reader has what is held at once', async () => {
    const store = secretStore();
    const credentials = source(store);
    await credentials.read(reference);
    store.text = 'second';

    store.now += 299_000;
    await credentials.read(reference);
    expect(store.fetches).toBe(1);

    store.now += 1_000;
    const fetching = store.hold();
    await expect(credentials.read(reference)).resolves.toBe('first');
    await expect(credentials.read(reference)).resolves.toBe('first');
    fetching.release();
    await settled();

    expect(store.fetches).toBe(2);
    await expect(credentials.read(reference)).resolves.toBe('second');
  });

  it('is served on when Secrets Manager is down, which is told and asked again every half minute', async () => {
    const store = secretStore();
    const credentials = source(store);
    await credentials.read(reference);
    store.failure = new Error('down');
    store.now += 300_000;

    for (let reads = 0; reads < 5; reads += 1) {
      await expect(credentials.read(reference)).resolves.toBe('first');
      await settled();
    }
    expect(store.fetches).toBe(2);
    expect(store.told).toEqual([`${reference}: SecretUnavailable, served since 1000000`]);
    expect(credentials.ages()).toEqual([{ reference, fetchedAt: 1_000_000 }]);

    store.now += 30_000;
    store.failure = undefined;
    store.text = 'second';
    await credentials.read(reference);
    await settled();
    await expect(credentials.read(reference)).resolves.toBe('second');
    expect(credentials.ages()).toEqual([{ reference, fetchedAt: 1_330_000 }]);
    expect(store.told.slice(1)).toEqual([`${reference}: rotated`]);
  });

  it('that was never read fails when Secrets Manager is down, is told, and is asked for by the next reader', async () => {
    const store = secretStore();
    const credentials = source(store);
    store.failure = new Error('down');

    expect((await failureOf(credentials.read(reference))).type).toBe('SecretUnavailable');
    expect(store.told).toEqual([`${reference}: SecretUnavailable, nothing to serve`]);
    expect(credentials.ages()).toEqual([]);

    store.failure = undefined;
    await expect(credentials.read(reference)).resolves.toBe('first');
  });

  it('that is kept fresh is at hand when Secrets Manager goes down, and older than five minutes no longer than a minute', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const store = secretStore();
    const credentials = source(store);

    const end = credentials.keepFresh([reference, 'vault:of-no-kind']);
    await settled();
    expect(store.fetches).toBe(1);
    for (let minutes = 0; minutes < 6; minutes += 1) {
      store.now += 60_000;
      await jest.advanceTimersByTimeAsync(60_000);
    }
    expect(store.fetches).toBe(2);
    store.failure = new Error('down');
    await expect(credentials.read(reference)).resolves.toBe('first');

    end();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('has a previous version for ten minutes at most, however far ahead the clock of the store is', async () => {
    let now = 1_000_000;
    const send = async ({ input }: { input: { VersionStage?: string } }) => ({
      SecretString: input.VersionStage === 'AWSPREVIOUS' ? 'before' : 'current',
      VersionId: String(input.VersionStage),
      CreatedDate: new Date(now + 3_600_000),
    });
    const awsClient = { send } as unknown as SecretsManagerClient;
    const credentials = createCredentialSource({ clock: () => now, awsClient });
    await expect(credentials.readPrevious(reference)).resolves.toBeUndefined();
    await credentials.read(reference);

    await expect(credentials.readPrevious(reference)).resolves.toEqual({ text: 'before', acceptForMs: 600_000 });
    now += 600_000;
    await expect(credentials.readPrevious(reference)).resolves.toBeUndefined();
  });

  it('is fetched anew after our own clock was set back, as if it were old', async () => {
    const store = secretStore();
    const credentials = source(store);
    await credentials.read(reference);
    store.now -= 3_600_000;
    store.text = 'second';

    await expect(credentials.readAnew(reference)).resolves.toBe('second');
    expect(store.fetches).toBe(2);
  });

  it('refused by its target is fetched past the cache, once for all that were refused', async () => {
    const store = secretStore();
    const credentials = source(store);
    await credentials.read(reference);
    store.text = 'rotated';
    store.now += 60_000;

    const texts = await Promise.all([1, 2, 3].map(() => credentials.readAnew(reference)));

    expect(texts).toEqual(['rotated', 'rotated', 'rotated']);
    expect(store.fetches).toBe(2);
    await expect(credentials.read(reference)).resolves.toBe('rotated');
  });

  it('refused again and again is fetched at most once in five seconds, also when that fails', async () => {
    const store = secretStore();
    const credentials = source(store);
    await credentials.read(reference);
    store.now += 60_000;

    for (let refusals = 0; refusals < 5; refusals += 1) await credentials.readAnew(reference);
    expect(store.fetches).toBe(2);

    store.now += 5_000;
    store.failure = new Error('down');
    for (let refusals = 0; refusals < 5; refusals += 1) {
      expect((await failureOf(credentials.readAnew(reference))).type).toBe('SecretUnavailable');
    }
    expect(store.fetches).toBe(3);
  });

  it.each([
    ['ResourceNotFoundException', { $fault: 'client' }, false],
    ['AccessDeniedException', { $fault: 'client' }, false],
    ['ThrottlingException', { $fault: 'client' }, true],
    ['InternalServiceError', { $fault: 'server' }, true],
    ['TimeoutError', {}, true],
  ])('that cannot be read fails by name: %s', async (name, more, retryable) => {
    const store = secretStore();
    store.failure = Object.assign(new Error('The Canonical String was x-amz-security-token:abc'), { name, ...more });

    const failure = await failureOf(source(store).read(reference));

    expect(failure).toMatchObject({ type: 'SecretUnavailable', retryable });
    expect(failure.message).toContain(name);
    expect(failure.message).not.toContain('token');
    expect(failure.cause).toBeUndefined();
  });

  it('without text is malformed', async () => {
    const store = secretStore();
    store.text = undefined;

    expect((await failureOf(source(store).read(reference))).type).toBe('SecretMalformed');
  });
});

describe('a secret in a file', () => {
  it('is read each time, without its last line end', async () => {
    const files = ['one\n', 'two\r\n'];
    const credentials = createCredentialSource({ clock: () => 0, readFile: async () => files.shift() as string });

    await expect(credentials.read('file:/run/secret')).resolves.toBe('one');
    await expect(credentials.readAnew('file:/run/secret')).resolves.toBe('two');
  });

  it('is read once for all that ask at the same time', async () => {
    const readFile = jest.fn(async () => 'one');
    const credentials = createCredentialSource({ clock: () => 0, readFile });

    await Promise.all([1, 2, 3].map(() => credentials.read('file:/run/secret')));

    expect(readFile).toHaveBeenCalledTimes(1);
  });

  it('that is missing or empty fails by name', async () => {
    const missing = Object.assign(new Error('x'), { code: 'ENOENT' });
    const without = createCredentialSource({ clock: () => 0, readFile: () => Promise.reject(missing) });
    const empty = createCredentialSource({ clock: () => 0, readFile: async () => '\n' });

    const failure = await failureOf(without.read('file:/run/secret'));
    expect(failure).toMatchObject({ type: 'SecretUnavailable', message: expect.stringContaining('ENOENT') });
    expect((await failureOf(empty.read('file:/run/secret'))).type).toBe('SecretMalformed');
  });
});

describe('a secret in the environment', () => {
  it('is its value, and fails by name when it is not set or empty', async () => {
    const credentials = createCredentialSource({ clock: () => 0, env: { SET: 'text', EMPTY: '' } });

    await expect(credentials.read('env:SET')).resolves.toBe('text');
    expect((await failureOf(credentials.read('env:UNSET'))).type).toBe('SecretUnavailable');
    expect((await failureOf(credentials.read('env:EMPTY'))).type).toBe('SecretMalformed');
  });
});

describe('a reference', () => {
  it('keeps the colons of an ARN', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:infinispan-AbCdEf';

    expect(parseReference(`aws:${arn}`)).toEqual({ kind: 'aws', secretId: arn });
  });

  it.each(['hunter2', 'vault:hunter2', 'hunter2:', ''])(
    'of another form is refused, and not repeated: "%s"',
    async (text) => {
      const credentials = createCredentialSource({ clock: () => 0 });

      const failure = await failureOf(credentials.read(text));

      expect(failure).toMatchObject({ type: 'SecretUnavailable', retryable: false });
      expect(failure.message).not.toContain('hunter2');
    },
  );
});

describe('username and password', () => {
  it('are read from JSON', () => {
    const text = '{"username":"admin","password":"p:w","host":"x"}';

    expect(parseUsernamePassword(text)).toEqual({ username: 'admin', password: 'p:w' });
  });

  it.each([
    'hunter2',
    'null',
    '[]',
    '{"username":"hunter2"}',
    '{"username":"","password":"hunter2"}',
    '{"username":"hunter2","password":1}',
    '{"username":"a:hunter2","password":"x"}',
  ])('are refused without repeating the text: %s', async (text) => {
    const failure = await failureOf((async () => parseUsernamePassword(text))());

    expect(failure.type).toBe('SecretMalformed');
    expect(failure.message).not.toContain('hunter2');
    expect(failure.cause).toBeUndefined();
  });
});
