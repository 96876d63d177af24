import { closeAll, idsRead, removal, siteA, siteB, clientFor, start, startWithPair } from '../support/aws-account';
import type { AwsStandIn } from '../../lab/aws-stand-in';

afterEach(closeAll);

async function post({ url }: AwsStandIn, page: string, content: unknown, contentType = 'application/json') {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  const response = await fetch(`${url}/_stand-in/${page}`, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body,
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

describe('a scenario posted with curl', () => {
  it('seeds an account, then disturbs it', async () => {
    const standIn = await start();
    const groups = [{ region: 'eu-west-1', endpoints: [{ endpointId: siteA, weight: 7 }, { endpointId: siteB }] }];

    const seeded = await post(standIn, 'scenario', {
      loadBalancers: [siteA, siteB].map((arn) => ({ arn, host: '127.0.0.1', port: 9, tags: { site: 'x' } })),
      accelerators: [{ name: 'keycloak', listeners: [{ groups }] }],
      secrets: [
        { name: 'webhook', text: 'one' },
        { name: 'webhook', text: 'two', stage: 'AWSPENDING' },
        { name: 'webhook', promote: true },
      ],
      health: { [siteB]: 'UNHEALTHY' },
      behaviour: { deploymentMs: 60_000 },
    });
    const [accelerator] = seeded.answer['accelerators'] as { groupArns: string[] }[];
    const groupArn = accelerator?.groupArns[0] ?? '';
    const disturbed = await post(standIn, 'scenario', {
      faults: [{ operation: 'RemoveEndpoints', kind: 'throttle', retryAfterMs: 1, times: 'always' }],
      foreignWriters: [{ name: 'terraform', groupArn, endpointId: siteB, wants: 'present', afterMs: 60_000 }],
      calls: [{ as: 'a person', operation: 'DescribeEndpointGroup', input: { EndpointGroupArn: groupArn } }],
    });

    expect([seeded.status, disturbed.status]).toEqual([200, 200]);
    expect(disturbed.answer['calls']).toMatchObject([{ EndpointGroup: { EndpointGroupArn: groupArn } }]);
    const state: unknown = await (await fetch(`${standIn.url}/_stand-in/state`)).json();
    expect(state).toMatchObject({
      accelerators: [
        {
          name: 'keycloak',
          listeners: [{ groups: [{ endpoints: [{ weight: 7, health: 'HEALTHY' }, { health: 'UNHEALTHY' }] }] }],
        },
      ],
      secrets: [{ name: 'webhook', versions: [{ stages: ['AWSPREVIOUS'] }, { stages: ['AWSCURRENT'] }] }],
      faults: [{ kind: 'throttle', times: 'always' }],
      foreignWriters: [{ name: 'terraform' }],
      behaviour: { deploymentMs: 60_000, latencyMs: 0 },
    });
    await expect(clientFor(standIn).send(removal(groupArn, siteB))).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
  });

  it.each<{ wrong: string; content: unknown; sentence: RegExp }>([
    { wrong: 'no JSON', content: '{', sentence: /no JSON/ },
    { wrong: 'an unknown part', content: { fault: [] }, sentence: /"fault"/ },
    { wrong: 'an unknown fault', content: { faults: [{ kind: 'boom' }] }, sentence: /faults\[0\]\.kind/ },
    { wrong: 'a member of another fault', content: { faults: [{ kind: 'hold', ms: 1 }] }, sentence: /"ms"/ },
    { wrong: 'a fault without its members', content: { faults: [{ kind: 'delay' }] }, sentence: /faults\[0\]\.ms/ },
    { wrong: 'an unknown behaviour', content: { behaviour: { latency: 1 } }, sentence: /"latency"/ },
    {
      wrong: 'a load balancer that is not there',
      content: { health: { x: 'HEALTHY' } },
      sentence: /No load balancer x/,
    },
  ])('is refused with a sentence for $wrong', async ({ content, sentence }) => {
    const { status, answer } = await post(await start(), 'scenario', content);

    expect([status, answer['error']]).toEqual([400, expect.stringMatching(sentence)]);
  });

  it('is not taken from a web page', async () => {
    const standIn = await start();

    const { status } = await post(standIn, 'scenario', { behaviour: { latencyMs: 1 } }, 'text/plain');

    expect([status, standIn.behaviour.latencyMs]).toEqual([415, 0]);
  });

  it('is over after a reset, which leaves the account as it is', async () => {
    const { standIn, groupArn, client } = await startWithPair({ behaviour: { deploymentMs: 5 } });
    await standIn.play({
      behaviour: { deploymentMs: 60_000, latencyMsByOperation: { RemoveEndpoints: 60_000 } },
      faults: [{ kind: 'accessDenied', times: Infinity }],
      foreignWriters: [{ name: 'x', groupArn, endpointId: siteB, wants: 'present', afterMs: 0 }],
    });

    await post(standIn, 'reset', {});
    await client.send(removal(groupArn, siteB));

    expect(standIn.snapshot()).toMatchObject({ faults: [], foreignWriters: [], behaviour: { deploymentMs: 5 } });
    expect(await idsRead(client, groupArn)).toEqual([siteA]);
  });
});
