import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CacheConfiguration } from '../../domain/readiness/facts';
import { createInfinispanGateway, type InfinispanGateway, type InfinispanOptions } from '../../gateways/infinispan';
import { createCredentialSource } from '../../gateways/secrets';
import { startAwsStandIn } from '../../lab/aws-stand-in';
import { labCaches, startInfinispan, type InfinispanPair } from '../../lab/infinispan';
import { LabRun } from '../../lab/run';
import { labSites, peerOf, perSite, type LabSite } from '../../lab/sites';
import { clientOf } from '../support/aws-pair';
import { fakeCache } from '../support/fake-caches';
import { FakeWorld } from '../support/fake-world';
import { failureOf, noHurry } from '../support/outcome';
import { infinispanEntries } from './infinispan-entries.contract';
import { infinispanWayBack } from './infinispan-way-back.contract';
import { pushesContract, type PushingTwin } from './pushes.contract';
import { replicationContract } from './replication.contract';

replicationContract('fake', async () => fakeTwin());
pushesContract('fake', async () => fakeTwin());

function fakeTwin(): PushingTwin {
  const world = new FakeWorld();
  const { replication } = world.gateways();
  return {
    caches: world.caches,
    gateway: (site) => replication[site]!,
    misled: (site) => {
      const elsewhere = new FakeWorld();
      elsewhere.answerAs(site, elsewhere.other(site));
      return elsewhere.gateways().replication[site]!;
    },
    cut: async () => world.cut(),
    heal: async () => world.heal(),
    stop: async (site) => world.stop(site),
    restart: async (site) => world.restart(site),
    bringOnline: async (site) => world.setBackup(site, 'online'),
    write: async (site, cache) => world.write(site, cache),
    put: async (site, cache, key, value) => world.put(site, cache, key, value),
    read: async (site, cache, key) => world.entries(site, cache)[key],
    createCache: async (site, cache, configuration) =>
      void world.site(site).infinispan.caches.set(cache, fakeCache(0, configuration)),
    dropCache: async (site, cache) => void world.site(site).infinispan.caches.delete(cache),
    slowPushes: async () => world.pushes.hold(),
    hurryPushes: async () => world.pushes.release(),
    close: async () => undefined,
  };
}

/** As Infinispan takes it; what is the schema's default is left out. */
function written({ transactionMode, backup }: CacheConfiguration, backupSite: string) {
  return {
    mode: 'SYNC',
    ...(transactionMode !== 'NONE' && { transaction: { mode: transactionMode, locking: 'PESSIMISTIC' } }),
    ...(backup && {
      backups: {
        [backupSite]: {
          backup: {
            ...(backup.strategy === 'SYNC' && { strategy: 'SYNC' }),
            ...(backup.failurePolicy !== 'WARN' && { 'failure-policy': backup.failurePolicy }),
            ...(backup.takesOffline && {
              'take-offline': {
                'after-failures': backup.takesOffline.afterFailures,
                'min-wait': backup.takesOffline.minWaitMs,
              },
            }),
          },
        },
      },
    }),
  };
}

const sending = { commandId: 'pair-1/1/1', signal: noHurry() };
const credentialSource = createCredentialSource({ clock: Date.now });

describe('with two real servers', () => {
  let run: LabRun;
  let pair: InfinispanPair;

  beforeAll(async () => {
    run = new LabRun();
    pair = await startInfinispan(run);
  }, 120_000);

  afterAll(() => run?.close());

  function gatewayOf(site: LabSite, overrides: Partial<InfinispanOptions> = {}): InfinispanGateway {
    return createInfinispanGateway({
      site,
      url: pair.sites[site].url,
      ca: readFileSync(pair.certificates.caFile, 'utf8'),
      credentials: { source: credentialSource, reference: `file:${pair.users.admin.secretFile}` },
      startedAtCache: 'work',
      clock: Date.now,
      ...overrides,
    });
  }

  replicationContract('Infinispan', async () => realTwin());
  pushesContract('Infinispan', async () => realTwin());

  describe('synchronizing', () => {
    const gateways: Record<string, InfinispanGateway> = {};
    beforeAll(() => {
      for (const site of labSites) gateways[site] = gatewayOf(site);
      gateways['misled'] = gatewayOf('site-b', { url: pair.sites['site-a'].url });
    });
    afterAll(async () => {
      for (const gateway of Object.values(gateways)) await gateway.close();
    });
    infinispanWayBack(() => ({ pair, gateways }));
    infinispanEntries(() => ({ pair, gateways }));
  });

  function realTwin(): PushingTwin {
    const gateways = perSite((site) => gatewayOf(site));
    const misled = perSite((site) => gatewayOf(site, { url: pair.sites[peerOf(site)].url }));
    return {
      misled: (site) => misled[site as LabSite],
      caches: labCaches,
      gateway: (site) => gateways[site as LabSite],
      cut: () => pair.link.cut(),
      heal: () => pair.link.heal(),
      stop: (site) => pair.sites[site as LabSite].server.stop(),
      restart: (site) => pair.sites[site as LabSite].server.start(),
      bringOnline: (site, backupSite) => pair.sites[site as LabSite].rest.bringOnline(backupSite),
      write: async (site, cache, key) => (await pair.sites[site as LabSite].rest.put(cache, key, 'value')) === 204,
      put: async (site, cache, key, value) => (await pair.sites[site as LabSite].rest.put(cache, key, value)) === 204,
      read: (site, cache, key) => pair.sites[site as LabSite].rest.get(cache, key),
      createCache: async (site, cache, configuration) => {
        const body = JSON.stringify({ 'distributed-cache': written(configuration, peerOf(site as LabSite)) });
        const headers = { 'content-type': 'application/json' };
        const { status, text } = await pair.sites[site as LabSite].rest.ask('POST', `/caches/${cache}`, {
          body,
          headers,
        });
        if (status !== 200) throw new Error(`the cache was not created: ${status} ${text}`);
      },
      dropCache: async (site, cache) => void (await pair.sites[site as LabSite].rest.ask('DELETE', `/caches/${cache}`)),
      slowPushes: () => pair.link.slow(50),
      hurryPushes: () => pair.link.heal(),
      close: async () => {
        for (const gateway of [...Object.values(gateways), ...Object.values(misled)]) await gateway.close();
      },
    };
  }

  describe('a gateway that is configured wrongly', () => {
    let gateway: InfinispanGateway;

    afterEach(() => gateway.close());

    it('as a user without ADMIN: may look, may not read or change backups', async () => {
      const reference = `file:${pair.users.observer.secretFile}`;
      gateway = gatewayOf('site-a', { credentials: { source: credentialSource, reference } });

      await expect(gateway.readView(noHurry())).resolves.toMatchObject({ localSite: 'site-a' });
      for (const failure of await Promise.all(
        [gateway.readBackups('site-b', noHurry()), gateway.takeBackupOffline('site-b', sending)].map(failureOf),
      )) {
        expect(failure).toMatchObject({ type: 'InfinispanDenied', retryable: false });
      }
    });

    it('with a wrong password', async () => {
      const source = createCredentialSource({ clock: Date.now, env: { ADMIN: '{"username":"admin","password":"x"}' } });
      gateway = gatewayOf('site-a', { credentials: { source, reference: 'env:ADMIN' } });

      expect((await failureOf(gateway.readView(noHurry()))).type).toBe('InfinispanUnauthorized');
    });

    it("without the server's CA", async () => {
      gateway = gatewayOf('site-a', { ca: undefined });

      expect((await failureOf(gateway.readView(noHurry()))).type).toBe('InfinispanUntrusted');
    });
  });

  it('a password that was changed while the old one was held costs one refusal, and no command', async () => {
    const users = join(run.folder, 'infinispan', 'users.properties');
    const secret = (password: string) => JSON.stringify({ username: 'rotating', password });
    appendFileSync(users, 'rotating=before\n');
    appendFileSync(join(run.folder, 'infinispan', 'groups.properties'), 'rotating=admin\n');
    const standIn = await startAwsStandIn();
    standIn.secrets.put('infinispan', secret('before'));
    const awsClient = new SecretsManagerClient({ ...clientOf(standIn.url), region: 'eu-west-1' });
    let now = Date.now();
    const source = createCredentialSource({ clock: () => now, awsClient });
    const gateway = gatewayOf('site-a', { credentials: { source, reference: 'aws:infinispan' } });
    await expect(gateway.readBackups('site-b', noHurry())).resolves.toHaveProperty('work', 'online');

    // The server goes on with a password that it has once accepted; started anew it knows the new one only.
    writeFileSync(users, readFileSync(users, 'utf8').replace('rotating=before', 'rotating=after'));
    await pair.sites['site-a'].server.stop();
    await pair.sites['site-a'].server.start();
    now += 60_000;
    expect((await failureOf(gateway.readView(noHurry()))).type).toBe('InfinispanUnauthorized');
    standIn.secrets.put('infinispan', secret('after'));
    now += 60_000;

    await expect(gateway.takeBackupOffline('site-b', sending)).resolves.toHaveLength(labCaches.length);
    await expect(gateway.readBackups('site-b', noHurry())).resolves.toHaveProperty('work', 'offline');
    expect(standIn.journal.of('GetSecretValue')).toHaveLength(3);
    await gateway.close();
    awsClient.destroy();
    await standIn.close();
  });

  it('a server that is frozen is unreachable, by our own time-out', async () => {
    const gateway = gatewayOf('site-b', { timeouts: { connectMs: 500, readMs: 500, changeMs: 500 } });
    await gateway.readView(noHurry());
    pair.sites['site-b'].server.freeze();

    const failure = await failureOf(gateway.readView(noHurry()));
    pair.sites['site-b'].server.thaw();

    expect(failure).toMatchObject({ type: 'InfinispanUnreachable', retryable: true });
    await gateway.close();
  });
});
