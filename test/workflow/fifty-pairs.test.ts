/** Many incidents at once: real Temporal, the real Global Accelerator gateway against the AWS stand-in, fake Infinispans. */
import { createGlobalAcceleratorGateway } from '../../gateways/global-accelerator';
import { startAwsStandIn, type AwsStandIn } from '../../lab/aws-stand-in';
import { clientOf } from '../support/aws-pair';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

const pairs = 50;

describe('fifty pairs in one account, every site accusing its rival at the same instant', () => {
  let temporal: RunningTemporal;
  let standIn: AwsStandIn;
  const closers: (() => void)[] = [];
  beforeAll(async () => {
    [temporal, standIn] = await Promise.all([
      startTemporal(),
      startAwsStandIn({ behaviour: { latencyMs: 20, deploymentMs: 500 } }),
    ]);
  });
  afterAll(async () => {
    await temporal?.stop();
    for (const close of closers) close();
    await standIn?.close();
  });

  async function pairInAws(number: number): Promise<TwoSites & { groupArn: string }> {
    const name = `pair-${number}`;
    const arnOf = (site: string) =>
      `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/${name}-${site}/0123456789abcdef`;
    const loadBalancers = { 'site-a': arnOf('site-a'), 'site-b': arnOf('site-b') };
    for (const arn of Object.values(loadBalancers)) {
      standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9, health: 'HEALTHY' });
    }
    const endpoints = Object.values(loadBalancers).map((endpointId) => ({ endpointId, health: 'HEALTHY' as const }));
    const accelerator = await standIn.addAccelerator({
      name,
      listeners: [{ groups: [{ region: 'eu-west-1', endpoints }] }],
    });
    const traffic = createGlobalAcceleratorGateway({
      accelerator: { dnsName: accelerator.dnsName },
      loadBalancers,
      clock: Date.now,
      client: clientOf(standIn.url),
    });
    closers.push(() => traffic.close());
    const sites = new TwoSites(temporal, { name, gateways: (fakes) => ({ ...fakes, traffic }) });
    const [groupArn = ''] = accelerator.groupArns;
    return Object.assign(sites, { groupArn });
  }

  it('ends with one endpoint left for each, and the rival detached on the survivor only', async () => {
    const all = await Promise.all(Array.from({ length: pairs }, (_, index) => pairInAws(index + 1)));
    for (const { world } of all) world.cut();

    await Promise.all(all.flatMap((sites) => [sites.alert('site-a'), sites.alert('site-b')]));
    // One after the other: fifty that ask at once would take the processor from the runs that they ask about.
    for (const sites of all) await sites.untilFenced();

    // A removal whose answer came too late is sent again, as a command of its own: more than one may have been applied.
    const removals = standIn.journal.of('RemoveEndpoints').filter(({ applied }) => applied);
    const commands = removals.map(({ userAgent }) => /cmd\/\S+/.exec(userAgent)?.[0]);
    expect(commands).not.toContain(undefined);
    expect(new Set(commands).size).toBe(removals.length);
    expect(new Set(removals.map(({ target }) => target.groupArn))).toEqual(
      new Set(all.map(({ groupArn }) => groupArn)),
    );
    for (const { groupArn, world, pair } of all) {
      const own = removals.filter(({ target }) => target.groupArn === groupArn);
      for (const { target, endpoints = [] } of own) {
        expect(target.endpointIds).toEqual([expect.stringContaining(`/${pair.name}-site-b/`)]);
        expect(endpoints.map(({ endpointId }) => endpointId)).toEqual([
          expect.stringContaining(`/${pair.name}-site-a/`),
        ]);
      }
      const detaches = new Set(world.journal.map(({ call, where }) => `${call} on ${where}`));
      expect([...detaches]).toEqual(['takeBackupOffline on site-a']);
    }
    await Promise.all(all.map((sites) => sites.abort()));
  });
});
