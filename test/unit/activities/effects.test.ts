import { removeLostEndpoint } from '../../../activities/effects-fence';
import type { EndpointHealth } from '../../../domain/observation';
import { pair } from '../../support/observations';
import { FakeWorld } from '../../support/fake-world';
import { anAttempt } from './an-attempt';

describe('the removal of a site that is lost', () => {
  async function removal(health: EndpointHealth, evenIfHealthy = false): Promise<{ world: FakeWorld; said: unknown }> {
    const world = new FakeWorld();
    world.setHealth('site-a', health);
    const [group] = world.accelerator.groups();
    const said = await removeLostEndpoint(
      { pair, configHash: 'cafe0000', gateways: world.gateways() },
      { kind: 'removeLostEndpoint', groupArn: group?.arn ?? '', site: 'site-a', plan: 'plan', evenIfHealthy },
      anAttempt(),
    ).catch((error: { type: string }) => error.type);
    return { world, said };
  }

  it.each(['HEALTHY', 'INITIAL'] as const)('sends nothing while it is %s: such a site serves', async (health) => {
    const { world, said } = await removal(health);

    expect(said).toBe('LostSiteServes');
    expect(world.journal).toEqual([]);
  });

  it.each([
    ['UNHEALTHY', false],
    ['HEALTHY', true],
  ] as const)('removes it when it is %s (carried through: %s)', async (health, evenIfHealthy) => {
    const { world, said } = await removal(health, evenIfHealthy);

    expect(said).toBe('RemoveEndpoints accepted for site-a, which is lost');
    expect(world.endpointSites()).toEqual(['site-b']);
  });
});
