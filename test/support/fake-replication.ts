import type { SiteName } from '../../domain/site-pair';
import type { ReplicationGateway } from '../../gateways/ports';
import { failed, type Call } from './fake-faults';
import type { FakeWorld } from './fake-world';

/** One site's Infinispan in a fake world. */
export function fakeReplication(world: FakeWorld, site: SiteName): ReplicationGateway {
  const peer = world.other(site);

  async function reach(call: Call, signal: AbortSignal) {
    await world.faults.strike(call, site, signal);
    const state = world.site(site);
    if (!state.up) throw failed('InfinispanUnreachable', `${site} does not answer`);
    return state;
  }

  function own<State extends { answersAs: SiteName }>(state: State): State {
    const { answersAs } = state;
    if (answersAs !== site) throw failed('InfinispanAnswersAsAnotherSite', `${site} says ${answersAs}`, false);
    return state;
  }

  return {
    async readView(signal) {
      const { relay } = own(await reach('readView', signal));
      if (!relay) throw failed('InfinispanNotARelay', `${site}-1 is no relay node`);
      return {
        localSite: site,
        sitesView: world.sees(site, peer) ? [...world.sites].sort() : [site],
        members: [`${site}-1`],
      };
    },

    async readStartedAt(signal) {
      return (await reach('readStartedAt', signal)).startedAt;
    },

    async readBackups(backupSite, signal) {
      const { backups } = own(await reach('readBackups', signal));
      return backupSite === peer ? { ...backups } : {};
    },

    async readSizes(caches, signal) {
      const { sizes } = await reach('readSizes', signal);
      return Object.fromEntries(
        caches.map((cache) => {
          const size = sizes[cache];
          if (size === undefined) throw failed('InfinispanNotFound', `${site} has no cache ${cache}`, false);
          return [cache, size];
        }),
      );
    },

    async takeBackupOffline(backupSite, { commandId, signal }) {
      const { backups, answersAs } = await reach('takeBackupOffline', signal);
      // Of another site: it has no backup to itself.
      if (backupSite !== peer || answersAs !== site)
        throw failed('InfinispanNotFound', `${site} has no backup to ${backupSite}`, false);
      const caches = Object.keys(backups);
      if (caches.length === 0) throw failed('InfinispanIncomplete', 'nothing was done');
      world.record({ call: 'takeBackupOffline', where: site, site: backupSite, commandId });
      world.setBackup(site, 'offline', caches);
      await world.faults.strike('takeBackupOffline', site, signal, true);
      return caches;
    },
  };
}
