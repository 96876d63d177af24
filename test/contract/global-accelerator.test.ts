import type { FailureType } from '../../domain/failure-types';
import { createGlobalAcceleratorGateway } from '../../gateways/global-accelerator';
import { startAwsStandIn, type FaultSpec } from '../../lab/aws-stand-in';
import { awsPair, clientOf, loadBalancers } from '../support/aws-pair';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer } from '../support/scripted-server';

type Pair = Awaited<ReturnType<typeof awsPair>>;
const sending = { commandId: 'pair-1/1/1', signal: noHurry() };

describe('Global Accelerator, on the wire', () => {
  let pair: Pair;
  let now: number;

  afterEach(() => pair.close());

  async function start(...[behaviour, overrides]: Parameters<typeof awsPair>): Promise<void> {
    now = 1_000_000;
    pair = await awsPair(behaviour, (seeded) => ({ clock: () => now, ...overrides?.(seeded) }));
  }

  const groupArns = async () => (await pair.gateway.readGroups(noHurry())).map((group) => group.arn);
  const calls = (operation: string) => pair.standIn.journal.of(operation).length;

  describe('the accelerator', () => {
    it.each<[string, Parameters<typeof awsPair>[1]]>([
      ['DNS name', () => ({})],
      ['dual-stack DNS name', ({ dualStackDnsName }) => ({ accelerator: { dnsName: dualStackDnsName } })],
      ['DNS name in capitals', ({ dnsName }) => ({ accelerator: { dnsName: dnsName.toUpperCase() } })],
      ['ARN', ({ arn }) => ({ accelerator: { arn } })],
    ])('is found by its %s', async (_, overrides) => {
      await start({}, overrides);

      await expect(groupArns()).resolves.toEqual(pair.accelerator.groupArns);
      await expect(pair.gateway.readStatus(noHurry())).resolves.toBe('DEPLOYED');
    });

    it('is not searched for where the groups are configured', async () => {
      await start({}, ({ groupArns: arns }) => ({ accelerator: {}, endpointGroupArns: arns.slice(0, 1) }));

      await expect(groupArns()).resolves.toEqual(pair.accelerator.groupArns.slice(0, 1));
      await expect(pair.gateway.readStatus(noHurry())).resolves.toBe('DEPLOYED');
      expect(calls('ListAccelerators') + calls('ListListeners') + calls('ListEndpointGroups')).toBe(0);
    });

    it('is searched for once', async () => {
      await start();

      await Promise.all([groupArns(), groupArns(), pair.gateway.readStatus(noHurry())]);
      await groupArns();

      expect(calls('ListAccelerators')).toBe(1);
    });

    it('that does not exist is not found, and looked for again by the next read', async () => {
      await start({}, () => ({ accelerator: { dnsName: 'a0000000000000000.awsglobalaccelerator.com' } }));

      for (let reads = 0; reads < 2; reads += 1) {
        const failure = await failureOf(pair.gateway.readGroups(noHurry()));
        expect(failure).toMatchObject({ type: 'TrafficNotFound', retryable: false });
      }
      expect(calls('ListAccelerators')).toBe(2);
    });

    it('that holds neither site is not read as "both are out of traffic"', async () => {
      const stranger = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/x/0000000000000000';
      await start({}, () => ({ loadBalancers: { 'site-a': stranger, 'site-b': `${stranger}1` } }));

      expect((await failureOf(pair.gateway.readGroups(noHurry()))).type).toBe('TrafficNotFound');
    });
  });

  it.each([
    ['an answer', false],
    ['a refusal', true],
  ])('the time is told by %s', async (_name, refused) => {
    await start();
    await pair.gateway.readStatus(noHurry());
    if (refused) pair.standIn.faults.inject({ kind: 'accessDenied' }, { operation: 'DescribeAccelerator' });
    const before = Date.now();

    const { theirs, resolutionMs } = await pair.gateway.clock.readTime(noHurry());

    expect(theirs + resolutionMs).toBeGreaterThan(before);
    expect(theirs).toBeLessThanOrEqual(Date.now());
  });

  it('a search longer than one read is not begun anew by each read', async () => {
    await start({});
    const held = pair.standIn.faults.inject({ kind: 'hold' }, { operation: 'ListListeners', times: Infinity });
    const reading = new AbortController();
    const first = failureOf(pair.gateway.readGroups(reading.signal));
    await held.reached;
    reading.abort();
    expect((await first).type).toBe('TrafficUnreachable');

    const second = groupArns();
    held.release();

    await expect(second).resolves.toEqual(pair.accelerator.groupArns);
    expect(calls('ListAccelerators')).toBe(1);
  });

  it('a group that comes to hold a site later is found by a read after a minute, which does not wait for it', async () => {
    await start({ initialHealthMs: 0 }, () => ({ loadBalancers: { 'site-a': loadBalancers['site-a'] } }));
    const [first, second] = pair.accelerator.groupArns as [string, string];
    await expect(groupArns()).resolves.toEqual([first]);

    pair.standIn.callAs('console', 'AddEndpoints', {
      EndpointGroupArn: second,
      EndpointConfigurations: [{ EndpointId: loadBalancers['site-a'] }],
    });
    await expect(groupArns()).resolves.toEqual([first]);
    const held = pair.standIn.faults.inject({ kind: 'hold' }, { operation: 'ListListeners' });
    now += 60_000;
    await expect(groupArns()).resolves.toEqual([first]);
    await held.reached;
    held.release();

    await expect(becomes(groupArns, [first, second])).resolves.toBe(true);
    expect(calls('ListAccelerators')).toBe(1);
  });

  describe('what goes wrong has a name', () => {
    it.each<[FaultSpec, FailureType, boolean]>([
      [{ kind: 'throttle' }, 'TrafficThrottled', true],
      [{ kind: 'error', name: 'TransactionInProgressException', httpStatus: 409 }, 'TrafficThrottled', true],
      [{ kind: 'error', name: 'ConflictException', httpStatus: 409 }, 'TrafficThrottled', true],
      [{ kind: 'error', name: 'TooManyRequestsException', httpStatus: 429 }, 'TrafficThrottled', true],
      [{ kind: 'internalError' }, 'TrafficUnreachable', true],
      [{ kind: 'unavailable' }, 'TrafficAnswerUnreadable', true],
      [{ kind: 'resetBeforeApplying' }, 'TrafficUnreachable', true],
      [{ kind: 'resetAfterApplying' }, 'TrafficUnreachable', true],
      [{ kind: 'accessDenied' }, 'TrafficDenied', false],
      [{ kind: 'error', name: 'ExpiredTokenException', httpStatus: 400 }, 'TrafficDenied', false],
      [{ kind: 'error', name: 'UnrecognizedClientException', httpStatus: 400 }, 'TrafficDenied', false],
      [{ kind: 'error', name: 'EndpointGroupNotFoundException', httpStatus: 404 }, 'TrafficNotFound', false],
      [{ kind: 'error', name: 'InvalidArgumentException', httpStatus: 400 }, 'TrafficRejected', false],
      [{ kind: 'error', name: 'LimitExceededException', httpStatus: 403 }, 'TrafficRejected', false],
    ])('%j', async (fault, type, retryable) => {
      await start();
      const [groupArn] = await groupArns();
      const target = { groupArn: groupArn as string, site: 'site-b' };
      pair.standIn.faults.inject(fault, { times: Infinity, operation: 'RemoveEndpoints' });
      pair.standIn.faults.inject(fault, { times: Infinity, operation: 'DescribeEndpointGroup' });

      const reading = await failureOf(pair.gateway.readGroup(target.groupArn, noHurry()));
      const removing = await failureOf(pair.gateway.removeEndpoint(target, sending));

      expect(reading).toMatchObject({ type, retryable });
      expect(removing).toMatchObject({ type, retryable });
      expect(calls('RemoveEndpoints')).toBe(1);
    });

    it('a denial is told with what was denied, and never asked again by itself', async () => {
      await start();
      const [groupArn] = (await groupArns()) as [string];
      const before = calls('DescribeEndpointGroup');
      pair.standIn.faults.inject({ kind: 'accessDenied' }, { times: Infinity });

      const reading = await failureOf(pair.gateway.readGroup(groupArn, noHurry()));
      const removing = await failureOf(pair.gateway.removeEndpoint({ groupArn, site: 'site-b' }, sending));

      expect(reading.message).toMatch(/^DescribeEndpointGroup was answered with AccessDeniedException: .+\.$/);
      expect(removing.message).toMatch(/^RemoveEndpoints was answered with AccessDeniedException: .+\.$/);
      expect(calls('DescribeEndpointGroup') - before).toBe(1);
      expect(calls('RemoveEndpoints')).toBe(1);
    });

    it.each(['AddEndpoints', 'RemoveEndpoints'] as const)(
      '%s with a lost connection changed what it changed',
      async (operation) => {
        await start({ initialHealthMs: 0 });
        const [groupArn] = (await groupArns()) as [string];
        const target = { groupArn, site: 'site-b', settings: { weight: 128, clientIpPreservation: false } };
        const change = operation === 'AddEndpoints' ? 'addEndpoint' : 'removeEndpoint';
        if (change === 'addEndpoint') await pair.gateway.removeEndpoint(target, sending);
        const there = async () =>
          (await pair.gateway.readGroup(groupArn, noHurry())).endpoints.some(({ site }) => site === 'site-b');
        const before = await there();

        pair.standIn.faults.inject({ kind: 'resetBeforeApplying' }, { operation });
        expect((await failureOf(pair.gateway[change](target, sending))).type).toBe('TrafficUnreachable');
        await expect(there()).resolves.toBe(before);

        pair.standIn.faults.inject({ kind: 'resetAfterApplying' }, { operation });
        const failure = await failureOf(pair.gateway[change](target, sending));
        expect(failure).toMatchObject({ type: 'TrafficUnreachable', message: expect.stringContaining('ECONNRESET') });
        await expect(there()).resolves.toBe(!before);
      },
    );

    it('a message repeats one line of AWS at most: the rest may hold signed headers', async () => {
      await start();
      const message = 'The signature does not match.\n\nThe Canonical String was x-amz-security-token:abc';
      pair.standIn.faults.inject({ kind: 'error', name: 'InvalidSignatureException', httpStatus: 403, message });

      const failure = await failureOf(pair.gateway.readStatus(noHurry()));

      expect(failure.type).toBe('TrafficDenied');
      expect(failure.message).not.toContain('token');
      expect(failure.cause).toBeUndefined();
    });

    it('a read that meets one reset is read again', async () => {
      await start();
      const [groupArn] = (await groupArns()) as [string];
      pair.standIn.faults.inject({ kind: 'resetBeforeApplying' }, { operation: 'DescribeEndpointGroup' });

      await expect(pair.gateway.readGroup(groupArn, noHurry())).resolves.toMatchObject({ arn: groupArn });
    });

    it.each(['readGroup', 'removeEndpoint'] as const)('%s ends with its signal', async (call) => {
      await start();
      const [groupArn] = (await groupArns()) as [string];
      const held = pair.standIn.faults.inject({ kind: 'hold' }, { times: Infinity });
      const controller = new AbortController();
      const { signal } = controller;

      const calling = failureOf(
        call === 'readGroup'
          ? pair.gateway.readGroup(groupArn, signal)
          : pair.gateway.removeEndpoint({ groupArn, site: 'site-b' }, { ...sending, signal }),
      );
      await held.reached;
      controller.abort();

      expect((await calling).type).toBe('TrafficUnreachable');
    });

    it('a removal that AWS rejects while the endpoint is there is a failure, not "absent already"', async () => {
      await start();
      const [groupArn] = (await groupArns()) as [string];
      const rejection = { kind: 'error', name: 'InvalidArgumentException', httpStatus: 400 } as const;
      pair.standIn.faults.inject(rejection, { operation: 'RemoveEndpoints' });

      const failure = await failureOf(pair.gateway.removeEndpoint({ groupArn, site: 'site-b' }, sending));

      expect(failure.type).toBe('TrafficRejected');
    });

    it('credentials that are never found end with the signal', async () => {
      const credentials = () => new Promise<never>(() => undefined);
      await start({}, () => ({ client: { credentials } }));
      const controller = new AbortController();

      const reading = failureOf(pair.gateway.readStatus(controller.signal));
      controller.abort();

      expect((await reading).type).toBe('TrafficUnreachable');
    });
  });
});

describe('Global Accelerator in a world that is not as one would like it', () => {
  const hourMs = 3_600_000;
  let pair: Pair;

  afterEach(() => pair.close());

  it.each([
    ['an hour slow', hourMs],
    ['an hour fast', -hourMs],
  ])('a clock %s is noticed by a read, and costs no command', async (_, clockAheadMs) => {
    pair = await awsPair({ clockAheadMs });
    const { gateway, standIn } = pair;

    const [group] = await gateway.readGroups(noHurry());
    expect(standIn.journal.entries.some(({ httpStatus }) => httpStatus === 403)).toBe(true);
    await gateway.removeEndpoint({ groupArn: group?.arn ?? '', site: 'site-b' }, sending);

    expect(standIn.journal.of('RemoveEndpoints').map(({ outcome }) => outcome)).toEqual(['ok']);
  });

  it('a clock that stays wrong is told as a denial, with the times that AWS names', async () => {
    pair = await awsPair();
    const message = 'Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z';
    pair.standIn.faults.inject(
      { kind: 'error', name: 'InvalidSignatureException', httpStatus: 403, message },
      { times: Infinity },
    );

    const failure = await failureOf(pair.gateway.readStatus(noHurry()));

    expect(failure).toMatchObject({ type: 'TrafficDenied', message: expect.stringContaining(message) });
  });

  it('whatever region is set, calls go to the only one that has a control plane', async () => {
    const env = jest.replaceProperty(process, 'env', { ...process.env, AWS_REGION: 'eu-west-1' });
    pair = await awsPair();
    const strange = createGlobalAcceleratorGateway({
      accelerator: { dnsName: pair.accelerator.dnsName },
      loadBalancers,
      clock: Date.now,
      client: { ...clientOf(pair.standIn.url), region: 'eu-west-1' },
    });

    await expect(strange.readStatus(noHurry())).resolves.toBe('DEPLOYED');
    strange.close();
    env.restore();
  });

  it('stale reads show what was, change nothing, and are followed by what is', async () => {
    pair = await awsPair({ staleReads: 3, initialHealthMs: 0 });
    const { gateway, standIn } = pair;
    const [group] = await gateway.readGroups(noHurry());
    const target = { groupArn: group?.arn ?? '', site: 'site-b' };
    const there = async () =>
      (await gateway.readGroup(target.groupArn, noHurry())).endpoints.some(({ site }) => site === 'site-b');

    await gateway.removeEndpoint(target, sending);

    const seen = [await there(), await there(), await there(), await there(), await there()];
    expect(seen).toEqual([true, true, true, false, false]);
    expect(standIn.journal.of('AddEndpoints', 'UpdateEndpointGroup')).toEqual([]);
    expect(standIn.journal.of('RemoveEndpoints')).toHaveLength(1);
  });

  it('a repeated removal that is refused is a failure while stale reads still show the endpoint', async () => {
    pair = await awsPair({ staleReads: 1, absentEndpoint: 'EndpointNotFoundException' });
    const { gateway } = pair;
    const [group] = await gateway.readGroups(noHurry());
    const target = { groupArn: group?.arn ?? '', site: 'site-b' };
    await gateway.removeEndpoint(target, sending);

    expect((await failureOf(gateway.removeEndpoint(target, sending))).type).toBe('TrafficNotFound');
    await expect(gateway.removeEndpoint(target, sending)).resolves.toBeUndefined();
  });
});

describe('Global Accelerator with more accelerators than one page', () => {
  it('finds the one that is on the last page', async () => {
    const standIn = await startAwsStandIn();
    for (const arn of Object.values(loadBalancers)) standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9 });
    for (let index = 0; index < 210; index += 1) {
      await standIn.addAccelerator({ name: `other-${index}`, listeners: [] });
    }
    const group = { region: 'eu-west-1', endpoints: [{ endpointId: loadBalancers['site-b'] }] };
    const empty = { region: 'eu-west-1', endpoints: [] };
    const { dnsName, groupArns } = await standIn.addAccelerator({
      name: 'pair',
      listeners: [...Array.from({ length: 12 }, () => ({ groups: [empty] })), { groups: [group] }],
    });
    const gateway = createGlobalAcceleratorGateway({
      accelerator: { dnsName },
      loadBalancers,
      clock: Date.now,
      client: clientOf(standIn.url),
    });

    const groups = await gateway.readGroups(noHurry());

    expect(groups.map(({ arn }) => arn)).toEqual(groupArns.slice(-1));
    expect(standIn.journal.of('ListAccelerators')).toHaveLength(3);
    gateway.close();
    await standIn.close();
  });
});

describe("Global Accelerator's answers, when they are not what they should be", () => {
  const groupArn = 'arn:aws:globalaccelerator::123456789012:accelerator/a/listener/b/endpoint-group/c';
  const whole = {
    EndpointGroupArn: groupArn,
    EndpointGroupRegion: 'eu-west-1',
    TrafficDialPercentage: 100,
    EndpointDescriptions: [],
  };

  it.each<[string, object]>([
    ['nothing at all', {}],
    ['a group without its list of endpoints', { EndpointGroup: { ...whole, EndpointDescriptions: undefined } }],
    ['another group', { EndpointGroup: { ...whole, EndpointGroupArn: `${groupArn}x` } }],
    [
      'a weight that is none',
      { EndpointGroup: { ...whole, EndpointDescriptions: [{ EndpointId: 'x', Weight: 999 }] } },
    ],
  ])('%s is unreadable, not "absent"', async (_, body) => {
    const server = await scriptedServer(() => ({ headers: { 'content-type': 'application/x-amz-json-1.1' }, body }));
    const gateway = createGlobalAcceleratorGateway({
      accelerator: {},
      endpointGroupArns: [groupArn],
      loadBalancers,
      clock: Date.now,
      client: clientOf(server.url),
    });

    const failure = await failureOf(gateway.readGroups(noHurry()));

    expect(failure).toMatchObject({ type: 'TrafficAnswerUnreadable', retryable: true });
    gateway.close();
    await server.close();
  });
});

describe('Global Accelerator with two accelerators of one DNS name', () => {
  it('is refused in one sentence that names both, and nothing is read of either', async () => {
    const dnsName = 'a1234567890abcdef.awsglobalaccelerator.com';
    const arn = 'arn:aws:globalaccelerator::123456789012:accelerator/a';
    const Accelerators = ['1', '2'].map((id) => ({
      AcceleratorArn: `${arn}${id}`,
      DnsName: dnsName,
      Status: 'DEPLOYED',
    }));
    const server = await scriptedServer(() => ({
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: { Accelerators },
    }));
    const gateway = createGlobalAcceleratorGateway({
      accelerator: { dnsName },
      loadBalancers,
      clock: Date.now,
      client: clientOf(server.url),
    });

    const failure = await failureOf(gateway.readGroups(noHurry()));

    expect(failure).toMatchObject({ type: 'TrafficAmbiguous', retryable: false });
    expect(failure.message).toMatch(
      /^2 accelerators have the DNS name .*accelerator\/a1, .*accelerator\/a2\. Write the arn/,
    );
    expect(server.requests).toHaveLength(1);
    gateway.close();
    await server.close();
  });
});

/** Reads until it is so; the test's own time-out ends it otherwise. */
async function becomes<T>(read: () => Promise<T>, wanted: T): Promise<boolean> {
  for (;;) {
    if (JSON.stringify(await read()) === JSON.stringify(wanted)) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
