import { Registry } from 'prom-client';
import { parseConfig } from '../../../config';
import type { ConfiguredPair } from '../../../activities/dependencies';
import type { QueueStates } from '../../../worker/health';
import { registerProcessGauges } from '../../../worker/process-gauges';

const site = (name: string) => `
      - name: ${name}
        loadBalancer: arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/${name}/0123456789abcdef
        infinispan: { url: 'https://${name}.example:11222', credentials: { secret: 'env:INFINISPAN' } }`;
const config = parseConfig(
  'sitewarden.yaml',
  `
temporal: { taskQueue: ours }
sitePairs:
  - name: keycloak-prod
    traffic: { globalAccelerator: { dnsName: a1234567890abcdef.awsglobalaccelerator.com } }
    replication: { infinispan: { caches: [work] } }
    sites:${site('site-a')}${site('site-b')}
`,
  {},
);

describe("the process' metrics", () => {
  async function shown(queues: QueueStates): Promise<readonly string[]> {
    const registry = new Registry();
    const sitePairs = new Map([
      ['keycloak-prod', { pair: { mode: 'shadow' }, configHash: 'cafe0000' } as ConfiguredPair],
    ]);
    registerProcessGauges({ registry, config, sitePairs, queues: () => queues });
    return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  it('name the pairs and sites of the configuration, with the label that their alerts carry', async () => {
    const accelerator = 'accelerator="a1234567890abcdef.awsglobalaccelerator.com"';

    expect(await shown({})).toEqual([
      'sitewarden_pair_info{pair="keycloak-prod",mode="shadow",config_hash="cafe0000"} 1',
      `sitewarden_site_info{pair="keycloak-prod",site="site-a",${accelerator}} 1`,
      `sitewarden_site_info{pair="keycloak-prod",site="site-b",${accelerator}} 1`,
    ]);
  });

  it('name the observers and the sentinels that there have to be', async () => {
    const registry = new Registry();
    const watched = structuredClone(config);
    const [pair] = watched.sitePairs;
    Object.assign(pair!, { observers: [{ name: 'third', votes: 1 }] });
    Object.assign(pair!.sites[1], { sentinel: {} });

    registerProcessGauges({ registry, config: watched, sitePairs: new Map(), queues: () => ({}) });

    const page = await registry.metrics();
    expect(page).toContain('sitewarden_observer_info{pair="keycloak-prod",observer="third"} 1');
    expect(page.match(/^sitewarden_sentinel_info\{.*$/gm)).toEqual([
      'sitewarden_sentinel_info{pair="keycloak-prod",site="site-b"} 1',
    ]);
  });

  it('say of each queue whether it is polled; of one that is not to be polled, nothing', async () => {
    const polling = (await shown({ ours: 'RUNNING', 'ours-fence': 'FAILED', 'ours-watch': 'DRAINING' })).slice(3);

    expect(polling).toEqual([
      'sitewarden_worker_polling{role="main",queue="ours"} 1',
      'sitewarden_worker_polling{role="fence",queue="ours-fence"} 0',
      'sitewarden_worker_polling{role="watch",queue="ours-watch"} 0',
    ]);
  });
});
