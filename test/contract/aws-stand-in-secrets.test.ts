import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { closeAll, closing, start, refusal } from '../support/aws-account';

afterEach(closeAll);

describe('Secrets Manager', () => {
  async function startWithSecret() {
    const standIn = await start();
    const { arn, versionId } = standIn.secrets.put('webhook', 'one');
    const client = new SecretsManagerClient({
      endpoint: standIn.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    closing.push(() => client.destroy());
    const read = (VersionStage?: string, SecretId = 'webhook') =>
      client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    return { standIn, client, arn, versionId, read };
  }

  it('answers the current value by name and by ARN', async () => {
    const { arn, versionId, read } = await startWithSecret();

    const expected = { ARN: arn, Name: 'webhook', VersionId: versionId, SecretString: 'one' };
    expect(await read()).toMatchObject({ ...expected, VersionStages: ['AWSCURRENT'] });
    expect(await read('AWSCURRENT', arn)).toMatchObject(expected);
    expect((await read()).CreatedDate).toBeInstanceOf(Date);
  });

  it('moves the stages as a rotation does', async () => {
    const { standIn, client, versionId, read } = await startWithSecret();
    standIn.secrets.putPending('webhook', 'two');
    const pending = [(await read()).SecretString, (await read('AWSPENDING')).SecretString];

    standIn.secrets.promotePending('webhook');
    const promoted = [(await read()).SecretString, (await read('AWSPREVIOUS')).SecretString];
    standIn.secrets.put('webhook', 'three');

    expect(pending).toEqual(['one', 'two']);
    expect(promoted).toEqual(['two', 'one']);
    expect((await read('AWSPREVIOUS')).SecretString).toBe('two');
    const oldest = new GetSecretValueCommand({ SecretId: 'webhook', VersionId: versionId });
    const unstaged = await client.send(oldest);
    expect([unstaged.SecretString, unstaged.VersionStages]).toEqual(['one', undefined]);
    await expect(read('AWSPENDING')).rejects.toMatchObject(refusal('ResourceNotFoundException', 400));
  });

  it('says that a secret or stage is not there with HTTP 400', async () => {
    const { standIn, read } = await startWithSecret();
    const notFound = refusal('ResourceNotFoundException', 400);

    await expect(read('AWSPREVIOUS')).rejects.toMatchObject(notFound);
    await expect(read(undefined, 'other')).rejects.toMatchObject(notFound);
    standIn.secrets.remove('webhook');
    await expect(read()).rejects.toMatchObject(notFound);
  });

  it('writes no value into journal or state', async () => {
    const { standIn, read } = await startWithSecret();
    standIn.secrets.put('webhook', 'correct horse');
    await read();

    const shown = await Promise.all(
      ['journal', 'state'].map(async (page) => (await fetch(`${standIn.url}/_stand-in/${page}`)).text()),
    );

    expect(shown.join()).not.toContain('correct horse');
    expect(standIn.journal.entries).toMatchObject([
      { service: 'secretsmanager', operation: 'GetSecretValue', target: { secretId: 'webhook' }, outcome: 'ok' },
    ]);
  });

  it('fails under its own names', async () => {
    const { standIn, read } = await startWithSecret();
    standIn.faults.inject({ kind: 'internalError' }, { operation: 'GetSecretValue' });
    standIn.faults.inject({ kind: 'accessDenied' }, { operation: 'GetSecretValue' });

    await expect(read()).rejects.toMatchObject(refusal('InternalServiceError', 500));
    await expect(read()).rejects.toMatchObject(refusal('AccessDeniedException', 400));
    expect((await read()).SecretString).toBe('one');
  });
});
