import type { EndpointGroup } from '../../domain/observation';
import type { TrafficGateway } from '../../gateways/ports';
import { failed } from './fake-faults';
import type { FakeWorld } from './fake-world';

/** The traffic director of a fake world. */
export function fakeTraffic(world: FakeWorld): TrafficGateway {
  const { accelerator, faults } = world;

  function known(groupArn: string): void {
    if (!accelerator.has(groupArn)) throw failed('TrafficNotFound', `no endpoint group ${groupArn}`, false);
  }

  return {
    async readStatus(signal) {
      await faults.strike('readStatus', undefined, signal);
      return accelerator.status();
    },

    async readGroups(signal) {
      await faults.strike('readGroups', undefined, signal);
      return accelerator.read();
    },

    async readGroup(groupArn, signal) {
      await faults.strike('readGroup', groupArn, signal);
      known(groupArn);
      return accelerator.read().find((group) => group.arn === groupArn) as EndpointGroup;
    },

    async removeEndpoint({ groupArn, site }, { commandId, signal }) {
      await faults.strike('removeEndpoint', groupArn, signal);
      known(groupArn);
      world.record({ call: 'removeEndpoint', where: groupArn, site, commandId });
      accelerator.remove(groupArn, site);
      await faults.strike('removeEndpoint', groupArn, signal, true);
    },

    async addEndpoint({ groupArn, site, settings }, { commandId, signal }) {
      await faults.strike('addEndpoint', groupArn, signal);
      known(groupArn);
      world.record({ call: 'addEndpoint', where: groupArn, site, commandId });
      accelerator.add(groupArn, site, settings);
      await faults.strike('addEndpoint', groupArn, signal, true);
    },
  };
}
