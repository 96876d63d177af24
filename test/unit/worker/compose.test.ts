import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../../config';
import { valueOf } from '../../../domain/observation';
import { until } from '../../../lab/until';
import { openArchive } from '../../../worker/archive';
import { lazyTemporal } from '../../../runtime/temporal-connection';
import { composePairs } from '../../../worker/compose';
import { composeNetwork, composeViews } from '../../../worker/observer/compose';
import { scriptedServer } from '../../support/scripted-server';
import { temporaryFolder } from '../../support/temporary-folder';

const source = { read: async () => 'secret', readAnew: async () => 'secret' };

const commands = `
        workload: { exec: { stop: ['true'], start: ['true'] } }`;

const keycloak = (ca: string) => `
        workload:
          keycloak:
            stop: ['true']
            start: ['true']
            status: ['true']
            lbCheck: https://keycloak.example/lb-check
            admin: { url: 'https://keycloak.example', clientId: sitewarden, secret: 'env:KEYCLOAK' }
            ca: 'file:${ca}'`;

function configWith(ca: string, { workload = commands, health = true } = {}) {
  const site = (name: string) => `
      - name: ${name}
        loadBalancer: arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/${name}/0123456789abcdef
        infinispan: { url: 'https://${name}.example:11222', ca: 'file:${ca}', credentials: { secret: 'env:INFINISPAN' } }
${health ? `        health: https://${name}.example/lb-check` : ''}${name === 'site-b' ? workload : ''}`;
  const text = `
sitePairs:
  - name: keycloak-prod
    traffic: { globalAccelerator: { dnsName: a1234567890abcdef.awsglobalaccelerator.com } }
    replication: { infinispan: { caches: [work] } }
    sites:${site('site-a')}${site('site-b')}
`;
  return parseConfig('sitewarden.yaml', text, {});
}

describe('the composition of a worker', () => {
  it('gives every configured pair its gateways, and a way to close each', async () => {
    const ca = join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');

    const { sitePairs, closers } = composePairs(configWith(ca), source);

    const configured = sitePairs.get('keycloak-prod');
    expect(configured?.pair.sites).toEqual(['site-a', 'site-b']);
    expect(Object.keys(configured?.gateways.replication ?? {})).toEqual(['site-a', 'site-b']);
    expect(Object.keys(configured?.gateways.health ?? {})).toEqual(['site-a', 'site-b']);
    expect(Object.keys(configured?.gateways.workload ?? {})).toEqual(['site-b']);
    expect(Object.keys(configured?.gateways.clocks ?? {})).toEqual(['AWS', 'site-a', 'site-b']);
    expect(configured?.gateways.alertmanagers).toBeUndefined();
    expect(closers).toHaveLength(9);
    await Promise.all(closers.map(({ close }) => close()));
  });

  it('gives a site with a Keycloak what only that offers, and has it asked by its own check for its health', async () => {
    const ca = join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');

    const { sitePairs, closers } = composePairs(configWith(ca, { workload: keycloak(ca), health: false }), source);

    const { workload = {}, health = {} } = sitePairs.get('keycloak-prod')?.gateways ?? {};
    expect(workload['site-b']).toMatchObject({
      refresh: expect.any(Function) as unknown,
      readServerInfo: expect.any(Function) as unknown,
    });
    expect(Object.keys(health)).toEqual(['site-b']);
    expect(closers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['keycloak-prod: commands of site-b', 'keycloak-prod: Keycloak of site-b']),
    );
    await Promise.all(closers.map(({ close }) => close()));
  });

  it('gives a site with commands alone nothing of the kind', () => {
    const { sitePairs } = composePairs(configWith('/dev/null'), source);

    expect(sitePairs.get('keycloak-prod')?.gateways.workload['site-b']?.refresh).toBeUndefined();
  });

  it('gives a site its scored checks, and a pair without any none', async () => {
    const heuristics = `
        heuristics:
          checks:
            - { name: database, tcp: '127.0.0.1:1' }
            - { name: page, url: 'http://127.0.0.1:1/' }
            - { name: script, command: ['true'], tko: 1 }`;
    const ca = join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');

    const { sitePairs, closers } = composePairs(configWith(ca, { workload: heuristics }), source);

    const { gateways } = sitePairs.get('keycloak-prod') ?? {};
    const states = await gateways?.heuristics?.['site-b']?.read(new AbortController().signal);
    expect(states).toMatchObject({ script: { value: 'passed' }, database: { unknown: 'HeuristicUnknown' }, page: {} });
    expect(Object.keys(gateways?.heuristics ?? {})).toEqual(['site-b']);
    expect(closers.map(({ name }) => name)).toContain('keycloak-prod: checks of site-b');
    await Promise.all(closers.map(({ close }) => close()));
    const without = composePairs(configWith(ca), source);
    expect(without.sitePairs.get('keycloak-prod')?.gateways).not.toHaveProperty('heuristics');
  });

  it('names the CA file that it cannot read', () => {
    expect(() => composePairs(configWith('/nowhere/ca.pem'), source)).toThrow(
      'The CA file /nowhere/ca.pem cannot be read.',
    );
  });
});

describe('the composition of an observer', () => {
  const network = () => ({ unknown: 'NotObserved', at: 0 }) as const;
  const named = (observers: object[]) => {
    const config = configWith('/dev/null');
    config.sitePairs[0]!.observers = observers as NonNullable<(typeof config.sitePairs)[0]['observers']>;
    return config;
  };

  it('gives it what it reads of the sites and, where it watches, of the traffic; nothing that changes an application', async () => {
    const config = named([
      { name: 'third', votes: 1, watch: { everySeconds: 2, confirmations: 3 } },
      { name: 'fourth', votes: 1 },
    ]);

    const third = composeViews(config, { name: 'third', source, network });
    const fourth = composeViews(config, { name: 'fourth', source, network });

    expect(third.observed[0]).toMatchObject({ watch: { confirmations: 3 }, traffic: expect.anything() as unknown });
    expect(Object.keys(third.observed[0]?.view.replication ?? {})).toEqual(['site-a', 'site-b']);
    expect(fourth.observed[0]?.traffic).toBeUndefined();
    const closers = [...third.closers, ...fourth.closers];
    expect(closers.map(({ name }) => name).filter((name) => /commands|Keycloak/.test(name))).toEqual([]);
    await Promise.all(closers.map(({ close }) => close()));
  });

  it('finds out by its own rounds whether its network is isolated, and says nothing of it before', async () => {
    let reached = true;
    const server = await scriptedServer(() => ({ status: reached ? 200 : 503 }));
    const network = composeNetwork(
      { addresses: [], urls: [server.url], periodSeconds: 1, timeoutMs: 1_000, rounds: 2 },
      { clocks: { now: () => Date.now(), monotonicMs: () => performance.now() }, onRound: () => undefined },
    );

    expect(await network.obstacles()).toEqual([]);
    expect(network.read()).toMatchObject({ unknown: 'NetworkUnsettled' });
    network.start();
    await until(() => valueOf(network.read()) === 'connected', { what: 'it is connected', withinSeconds: 30 });
    reached = false;
    await until(() => valueOf(network.read()) === 'isolated', { what: 'it is isolated', withinSeconds: 30 });

    await network.close();
    await server.close();
  });

  it('says where ping cannot be used, by the key that has to be corrected', async () => {
    const network = composeNetwork(
      {
        ...{ addresses: ['127.0.0.1'], urls: [], periodSeconds: 1, timeoutMs: 100, rounds: 2 },
        ping: ['no-such-ping', '{address}'],
      },
      { clocks: { now: () => 0, monotonicMs: () => 0 }, onRound: () => undefined },
    );

    expect((await network.obstacles()).join()).toMatch(/"no-such-ping" is missing.*observer\.network\.ping/);
    await network.close();
  });

  it('says which observers there are, where none has its name', () => {
    expect(() => composeViews(named([{ name: 'third', votes: 1 }]), { name: 'other', source, network })).toThrow(
      'No pair of the configuration names an observer "other". The pairs name third',
    );
  });

  it('lets a worker ask the observers of its pairs, where it has Temporal to ask through', async () => {
    const connection = lazyTemporal({ connectionOptions: {}, namespace: 'default', identity: 'a test' });
    const temporal = { connection: connection.connection, namespace: 'default', identity: 'a test' };
    const config = named([{ name: 'third', votes: 1 }]);

    const asking = composePairs(config, source, temporal);
    const alone = composePairs(config, source);

    expect(Object.keys(asking.sitePairs.get('keycloak-prod')?.gateways.observers ?? {})).toEqual(['third']);
    expect(alone.sitePairs.get('keycloak-prod')?.gateways.observers).toBeUndefined();
    await Promise.all([...asking.closers, ...alone.closers].map(({ close }) => close()));
    await connection.close();
  });
});

describe('the archive of a worker', () => {
  const document = { pair: 'keycloak-prod', incident: 'incident-1', content: '{}' };
  const noHurry = () => new AbortController().signal;

  it('is in the folder of the configuration', async () => {
    const folder = temporaryFolder();
    const archive = openArchive({ config: { aws: {}, archive: { file: { folder } } } });

    const { location } = await archive.append(document, noHurry());

    expect(location).toBe(join(folder, 'keycloak-prod', '000001.json'));
  });

  it('may be a bucket, which is reached when it is needed and not before', async () => {
    const archive = openArchive({ config: { aws: { region: 'eu-west-1' }, archive: { s3: { bucket: 'reports' } } } });

    await expect(archive.close()).resolves.toBeUndefined();
  });
});
