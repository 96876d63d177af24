import { GlobalAcceleratorClient, ListAcceleratorsCommand } from '@aws-sdk/client-global-accelerator';
import type { AwsStandIn } from '../../lab/aws-stand-in';
import { closeAll, closing, refusal, start } from '../support/aws-account';

afterEach(closeAll);

const anHourMs = 3_600_000;

function clientFor({ url }: AwsStandIn, options: { secret?: string; key?: string; maxAttempts?: number } = {}) {
  const { secret = 'secret', key = 'AKIDEXAMPLE', maxAttempts = 1 } = options;
  const client = new GlobalAcceleratorClient({
    endpoint: url,
    region: 'us-west-2',
    credentials: { accessKeyId: key, secretAccessKey: secret, sessionToken: 'a  token' },
    maxAttempts,
  });
  closing.push(() => client.destroy());
  return client;
}
const list = (client: GlobalAcceleratorClient) => client.send(new ListAcceleratorsCommand({}));

describe('signatures', () => {
  it('are verified where the keys are known, and every key is let in where they are not', async () => {
    const strict = await start({ accessKeys: { AKIDEXAMPLE: 'secret' } });
    const lax = await start();

    await expect(list(clientFor(strict))).resolves.toBeDefined();
    await expect(list(clientFor(strict, { secret: 'another' }))).rejects.toMatchObject(
      refusal('InvalidSignatureException', 403),
    );
    await expect(list(clientFor(strict, { key: 'toString' }))).rejects.toMatchObject(
      refusal('UnrecognizedClientException', 403),
    );
    await expect(list(clientFor(lax, { secret: 'another' }))).resolves.toBeDefined();
  });

  it('must be there', async () => {
    const { url } = await start();
    const headers = { 'X-Amz-Target': 'GlobalAccelerator_V20180706.ListAccelerators' };

    const response = await fetch(url, { method: 'POST', headers, body: '{}' });

    expect([response.status, await response.json()]).toEqual([
      403,
      { __type: 'MissingAuthenticationTokenException', Message: 'The request is not signed.' },
    ]);
  });

  it.each([
    { off: 'an hour behind', clockAheadMs: anHourMs, sentence: /^Signature expired: .* \(\d{8}T\d{6}Z - 5 min\.\)$/ },
    { off: 'an hour ahead', clockAheadMs: -anHourMs, sentence: /^Signature not yet current: / },
  ])('of a clock that is $off are refused, with the time by which the SDK corrects itself', async (skew) => {
    const standIn = await start({ behaviour: { clockAheadMs: skew.clockAheadMs } });

    await expect(list(clientFor(standIn))).rejects.toMatchObject({
      ...refusal('InvalidSignatureException', 403),
      message: expect.stringMatching(skew.sentence) as unknown,
    });
    const twice = clientFor(standIn, { maxAttempts: 2 });
    expect((await list(twice)).$metadata.attempts).toBe(2);
    expect((await list(twice)).$metadata.attempts).toBe(1);
  });

  it('of a clock that is four minutes off are let in', async () => {
    const standIn = await start({ behaviour: { clockAheadMs: 240_000 } });

    await expect(list(clientFor(standIn))).resolves.toBeDefined();
  });
});
