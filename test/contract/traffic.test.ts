import type { Behaviour } from '../../lab/aws-stand-in';
import { awsPair, loadBalancers } from '../support/aws-pair';
import { loadBalancerArn } from '../support/fake-accelerator';
import { FakeWorld } from '../support/fake-world';
import { trafficContract, type TrafficTwin } from './traffic.contract';

const minute = 60_000;

trafficContract('fake', async () => {
  const world = new FakeWorld({ groups: [{}, { dial: 40, holds: ['site-b'], others: [loadBalancerArn('other')] }] });
  world.accelerator.deployMs = minute;
  return {
    gateway: world.gateways().traffic,
    setHealth: (site, health) => world.setHealth(site, health),
    removedByOthers: (groupArn, site) => world.accelerator.remove(groupArn, site),
    addedByOthers: (groupArn, site) => world.accelerator.add(groupArn, site),
    commandIds: () => world.journal.map(({ commandId }) => commandId as string),
    close: async () => undefined,
  };
});

// What AWS answers to a repeat is not documented; both ways are the same to us.
for (const repeats of ['succeed', 'are refused'] as const) {
  trafficContract(`Global Accelerator whose repeats ${repeats}`, () =>
    onStandIn({
      deploymentMs: minute,
      initialHealthMs: 0,
      absentEndpoint: repeats === 'succeed' ? 'succeed' : 'EndpointNotFoundException',
      presentEndpoint: repeats === 'succeed' ? 'succeed' : 'EndpointAlreadyExistsException',
    }),
  );
}

async function onStandIn(behaviour: Partial<Behaviour>): Promise<TrafficTwin> {
  const { standIn, gateway, close } = await awsPair(behaviour);
  const byOthers = (operation: string, groupArn: string, rest: object) =>
    standIn.callAs('console', operation, { EndpointGroupArn: groupArn, ...rest });
  return {
    gateway,
    setHealth: (site, health) => standIn.setHealth(loadBalancers[site as keyof typeof loadBalancers], health),
    removedByOthers: (groupArn, site) =>
      void byOthers('RemoveEndpoints', groupArn, { EndpointIdentifiers: [{ EndpointId: loadBalancerArn(site) }] }),
    addedByOthers: (groupArn, site) =>
      void byOthers('AddEndpoints', groupArn, { EndpointConfigurations: [{ EndpointId: loadBalancerArn(site) }] }),
    commandIds: () =>
      standIn.journal
        .of('RemoveEndpoints', 'AddEndpoints')
        .flatMap(({ userAgent }) => /cmd\/(\S+)/.exec(userAgent)?.[1] ?? []),
    close,
  };
}
