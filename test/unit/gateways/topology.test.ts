import { OperatingFailure } from '../../../domain/failure-types';
import { TopologyFinder, type TopologyOptions } from '../../../gateways/global-accelerator/topology';
import { failureOf, noHurry } from '../../support/outcome';

const accelerator = 'arn:aws:globalaccelerator::111122223333:accelerator/x';
const group = (id: string) => `${accelerator}/listener/l/endpoint-group/${id}`;

/** An accelerator whose groups come, go and change hands between two searches. */
function world(groups: Record<string, string[]>) {
  const state = { groups, searches: 0, now: 1_000_000 };
  const calls: TopologyOptions['calls'] = {
    describeAccelerator: () => Promise.reject(new Error('not asked here')),
    listAccelerators: () => Promise.reject(new Error('not asked here')),
    listListeners: async () => [{ ListenerArn: `${accelerator}/listener/l` }],
    listGroups: async () => {
      state.searches += 1;
      return Object.entries(state.groups).map(([id, endpointIds]) => ({
        EndpointGroupArn: group(id),
        EndpointGroupRegion: 'eu-west-1',
        TrafficDialPercentage: 100,
        EndpointDescriptions: endpointIds.map((EndpointId) => ({
          EndpointId,
          Weight: 128,
          HealthState: 'HEALTHY' as const,
          ClientIPPreservationEnabled: false,
        })),
      }));
    },
  };
  const options = { calls, accelerator: { arn: accelerator }, loadBalancerArns: ['a', 'b'], clock: () => state.now };
  return { state, options, finder: new TopologyFinder(options) };
}

describe('the groups of a pair', () => {
  it('are those that hold a site', async () => {
    const { finder } = world({ one: ['a', 'b'], two: ['x'], three: ['b'], four: [] });

    await expect(finder.current(noHurry())).resolves.toEqual({
      acceleratorArn: accelerator,
      groupArns: [group('one'), group('three')],
    });
  });

  it('keep one that lost its last site, and lose one that is gone', async () => {
    const { finder, state } = world({ one: ['a'], two: ['b'], three: ['b'] });
    await finder.current(noHurry());

    state.groups = { one: ['a'], two: [] };
    const topology = await finder.without(group('three'), noHurry());

    expect(topology?.groupArns).toEqual([group('one'), group('two')]);
  });

  it('do not lose one that is still listed', async () => {
    const { finder, state } = world({ one: ['a'], two: ['b'] });
    await finder.current(noHurry());
    state.groups = { one: ['a'], two: [] };

    await expect(finder.without(group('two'), noHurry())).resolves.toBeUndefined();
    expect((await finder.current(noHurry())).groupArns).toEqual([group('one'), group('two')]);
  });

  it('are looked for again only when that is due, and one search at a time', async () => {
    const { finder, state } = world({ one: ['a'] });
    await finder.current(noHurry());

    finder.refresh(60_000);
    expect(state.searches).toBe(1);
    state.now += 60_000;
    finder.refresh(60_000);
    finder.refresh(60_000);
    await new Promise((resolve) => setImmediate(resolve));

    expect(state.searches).toBe(2);
  });

  it('that are none at all are a failure', async () => {
    const { finder } = world({ one: ['x'] });

    await expect(finder.current(noHurry())).rejects.toBeInstanceOf(OperatingFailure);
  });

  it('that are configured are not looked for, and tell their accelerator', async () => {
    const { options, state } = world({});
    const finder = new TopologyFinder({ ...options, accelerator: {}, endpointGroupArns: [group('one')] });

    finder.refresh(0);

    await expect(finder.current(noHurry())).resolves.toEqual({
      acceleratorArn: accelerator,
      groupArns: [group('one')],
    });
    await expect(finder.without(group('one'), noHurry())).resolves.toBeUndefined();
    expect(state.searches).toBe(0);
  });

  describe('by the DNS name of their accelerator', () => {
    const dnsName = 'a1b2.dualstack.awsglobalaccelerator.com';
    const status = 'DEPLOYED' as const;
    const named = (id: string, names: object) => ({ AcceleratorArn: `${accelerator}${id}`, Status: status, ...names });

    function find(accelerators: ReturnType<typeof named>[]) {
      const { options } = world({ one: ['a'] });
      const calls = { ...options.calls, listAccelerators: async () => accelerators };
      return new TopologyFinder({ ...options, calls, accelerator: { dnsName } }).current(noHurry());
    }

    it('are refused when two accelerators have it, both named', async () => {
      const failure = await failureOf(
        find([named('1', { DualStackDnsName: dnsName }), named('2', { DnsName: dnsName })]),
      );

      expect(failure).toMatchObject({ type: 'TrafficAmbiguous', retryable: false });
      expect(failure.message).toBe(
        `2 accelerators have the DNS name ${dnsName}: ${accelerator}1, ${accelerator}2. Write the arn of the one that is meant.`,
      );
    });

    it('are found when one accelerator is listed twice', async () => {
      const twice = named('1', { DualStackDnsName: dnsName });

      await expect(find([twice, named('2', {}), twice])).resolves.toMatchObject({ acceleratorArn: `${accelerator}1` });
    });
  });
});
