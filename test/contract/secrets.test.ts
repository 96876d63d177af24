import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createCredentialSource, type Secrets } from '../../gateways/secrets';
import { startAwsStandIn } from '../../lab/aws-stand-in';
import { until } from '../../lab/until';
import { clientOf } from '../support/aws-pair';
import { FakeCredentials } from '../support/fake-credentials';
import { failureOf } from '../support/outcome';
import { heldSecretsContract, secretsContract, type SecretsTwin } from './secrets.contract';

const secretId = 'infinispan/site-a';
const reference = `aws:${secretId}`;

async function inMemory(): Promise<SecretsTwin<FakeCredentials>> {
  const clock = { now: 1_000_000 };
  const source = new FakeCredentials(() => clock.now);
  return {
    source,
    reference,
    nowhere: 'aws:nothing',
    put: async (text) => void source.put(reference, text),
    lose: async () => void (source.down = true),
    later: (ms) => void (clock.now += ms),
    close: async () => undefined,
  };
}

/** The source's clock stands still until it is told; the stand-in's is the system's, as the SDK's is. */
async function onStandIn() {
  const clock = { now: Date.now() };
  const standIn = await startAwsStandIn();
  const client = new SecretsManagerClient({ ...clientOf(standIn.url), region: 'eu-west-1', maxAttempts: 1 });
  const told: string[] = [];
  const source: Secrets = createCredentialSource({
    clock: () => clock.now,
    awsClient: client,
    journal: {
      fetchFailed: ({ failure, servedSince }) => void told.push(`${failure.type} ${servedSince ?? 'cold'}`),
      rotated: () => void told.push('rotated'),
    },
  });
  return {
    standIn,
    told,
    source,
    reference,
    nowhere: 'aws:nothing',
    put: async (text: string) => void standIn.secrets.put(secretId, text),
    lose: async () => void standIn.faults.inject({ kind: 'resetBeforeApplying' }, { times: Infinity }),
    later: (ms: number) => void (clock.now += ms),
    close: async () => {
      client.destroy();
      await standIn.close();
    },
  };
}

async function inFile(): Promise<SecretsTwin> {
  const folder = await mkdtemp(join(tmpdir(), 'sitewarden-secrets-'));
  const path = join(folder, 'secret');
  return {
    source: createCredentialSource({ clock: Date.now }),
    reference: `file:${path}`,
    nowhere: `file:${join(folder, 'nothing')}`,
    put: (text) => writeFile(path, `${text}\n`),
    lose: () => rm(path),
    later: () => undefined,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function inEnvironment(): Promise<SecretsTwin> {
  const env: NodeJS.ProcessEnv = {};
  return {
    source: createCredentialSource({ clock: Date.now, env }),
    reference: 'env:INFINISPAN',
    nowhere: 'env:NOTHING',
    put: async (text) => void (env.INFINISPAN = text),
    lose: async () => void delete env.INFINISPAN,
    later: () => undefined,
    close: async () => undefined,
  };
}

secretsContract('fake', inMemory);
secretsContract('Secrets Manager', onStandIn);
secretsContract('file', inFile);
secretsContract('environment variable', inEnvironment);

heldSecretsContract('fake', inMemory);
heldSecretsContract('Secrets Manager', onStandIn);

describe('Secrets Manager, on the wire', () => {
  let twin: Awaited<ReturnType<typeof onStandIn>>;
  const calls = () => twin.standIn.journal.of('GetSecretValue').length;

  beforeEach(async () => {
    twin = await onStandIn();
    await twin.put('first');
  });

  afterEach(() => twin.close());

  it.each([3_600_000, -3_600_000])('whose clock is %i ms ahead of ours is read all the same', async (clockAheadMs) => {
    twin.standIn.behaviour.clockAheadMs = clockAheadMs;
    const client = new SecretsManagerClient({ ...clientOf(twin.standIn.url), region: 'eu-west-1', maxAttempts: 2 });
    const source = createCredentialSource({ clock: Date.now, awsClient: client });

    await expect(source.read(reference)).resolves.toBe('first');
    expect(calls()).toBe(2);
    client.destroy();
  });

  it('is asked for the previous version once, and only after a rotation', async () => {
    await twin.source.read(reference);
    twin.later(3_600_000);
    await twin.source.readPrevious(reference);
    expect(calls()).toBe(1);

    await twin.put('second');
    await twin.source.readAnew(reference);
    for (let asked = 0; asked < 3; asked += 1) await twin.source.readPrevious(reference);
    expect(calls()).toBe(3);
  });

  it('that does not tell the previous version is helped out by what was held before', async () => {
    await twin.source.read(reference);
    twin.later(60_000);
    await twin.put('second');
    await twin.source.readAnew(reference);
    await twin.lose();

    await expect(twin.source.readPrevious(reference)).resolves.toMatchObject({ text: 'first' });
  });

  it('tells nobody of a pending version: it is not in force yet', async () => {
    await twin.source.read(reference);
    twin.later(60_000);
    twin.standIn.secrets.putPending(secretId, 'pending');

    await expect(twin.source.readAnew(reference)).resolves.toBe('first');
    await expect(twin.source.readPrevious(reference)).resolves.toBeUndefined();

    twin.standIn.secrets.promotePending(secretId);
    twin.later(60_000);
    await expect(twin.source.readAnew(reference)).resolves.toBe('pending');
    await expect(twin.source.readPrevious(reference)).resolves.toMatchObject({ text: 'first' });
    expect(twin.told).toEqual(['rotated']);
  });

  it.each<[string, Parameters<typeof twin.standIn.faults.inject>[0], boolean]>([
    ['throttles', { kind: 'throttle' }, true],
    ['fails', { kind: 'internalError' }, true],
    ['answers HTML', { kind: 'unavailable' }, true],
    ['breaks the connection', { kind: 'resetBeforeApplying' }, true],
    ['denies', { kind: 'accessDenied' }, false],
  ])('that %s is told: by failing while nothing is held, later behind the reader', async (_, fault, retryable) => {
    const armed = twin.standIn.faults.inject(fault, { times: Infinity });

    expect(await failureOf(twin.source.read(reference))).toMatchObject({ type: 'SecretUnavailable', retryable });
    armed.remove();
    await twin.source.read(reference);
    const since = twin.source.ages()[0]?.fetchedAt;
    twin.later(300_000);
    twin.standIn.faults.inject(fault, { times: Infinity });
    await expect(twin.source.read(reference)).resolves.toBe('first');
    await until(async () => twin.told.length > 1, { what: 'the failure to be told', withinSeconds: 10 });

    expect(twin.told).toEqual(['SecretUnavailable cold', `SecretUnavailable ${since}`]);
  });
});
