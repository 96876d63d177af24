/** Who asks whom in docker-compose.yml: every address that a configuration names is a service that listens there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../config';
import { labLoadBalancers, labSecretIds } from '../../lab/aws';
import { labCaches } from '../../lab/infinispan';
import { projectFolder } from '../../lab/project-folder';
import { labSites } from '../../lab/sites';
import { compose, portsOf, secretsOf, servicesNamed } from '../support/compose-file';

const at = (...path: string[]) => join(projectFolder, ...path);
const read = (...path: string[]) => readFileSync(at(...path), 'utf8');
const config = loadConfig(at('deploy', 'compose', 'sitewarden.yaml'), { TEMPORAL_CONFIG_FILE: '/nonexistent' });
const [pair] = config.sitePairs;

/** Environment variables of a file in `env_file`. */
const dummyAws = Object.fromEntries(
  [...read('deploy', 'compose', 'dummy-aws.env').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
) as Record<string, string>;

interface PrometheusConfig {
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
  scrape_configs: { static_configs: { targets: string[]; labels?: Record<string, string> }[] }[];
}
const prometheus = parse(read('deploy', 'alerting', 'prometheus.example.yml')) as PrometheusConfig;
const alertmanagerUrls = [...read('deploy', 'alerting', 'alertmanager.example.yml').matchAll(/url: (\S+)/g)].map(
  ([, url = '']) => url,
);
const scraped = prometheus.scrape_configs.flatMap(({ static_configs }) => static_configs);

/** `host:port` by who asks for it. */
const asked: [asker: string, address: string][] = [
  ...scraped.flatMap(({ targets }) => targets).map((target): [string, string] => ['prometheus', target]),
  ...prometheus.alerting.alertmanagers
    .flatMap(({ static_configs }) => static_configs.flatMap(({ targets }) => targets))
    .map((target): [string, string] => ['prometheus', target]),
  ...alertmanagerUrls.map((url): [string, string] => ['alertmanager', new URL(url).host]),
  ...(pair?.sites ?? []).flatMap(({ infinispan, health }): [string, string][] => [
    ...['worker', 'observer'].map((asker): [string, string] => [asker, new URL(infinispan.url).host]),
    ...['worker', 'observer'].map((asker): [string, string] => [asker, new URL(health ?? '').host]),
  ]),
  ...(pair?.observers ?? []).flatMap(({ accelerator }): [string, string][] =>
    accelerator ? [['observer', new URL(accelerator.url).host]] : [],
  ),
  ...(config.observer.network?.urls ?? []).map((url): [string, string] => ['observer', new URL(url).host]),
  ...(pair?.sites ?? []).flatMap(({ name, sentinel }) =>
    (sentinel?.network.urls ?? []).map((url): [string, string] => [`sentinel-${name}`, new URL(url).host]),
  ),
  ['cli', new URL(config.apiClient?.url ?? '').host],
  ...['worker', 'observer', 'sentinel-site-b', 'webhook', 'api', 'setup', 'cli'].map((asker): [string, string] => [
    asker,
    config.temporal.address,
  ]),
  ...['temporal-namespace', 'temporal-ui'].map((asker): [string, string] => [
    asker,
    compose.services[asker]?.environment?.TEMPORAL_ADDRESS ?? '',
  ]),
  ...['worker', 'observer', 'webhook'].map((asker): [string, string] => [
    asker,
    new URL(dummyAws.AWS_ENDPOINT_URL ?? '').host,
  ]),
  ...labSites.map((site): [string, string] => ['aws', `application-${site}:8080`]),
  ...labSites.map((site): [string, string] => [`application-${site}`, `infinispan.${site}.example:11222`]),
  ...labSites.map((site): [string, string] => {
    const hosts = compose.services[`infinispan-${site}`]?.command?.find((word) => word.includes('tunnel.hosts=')) ?? '';
    return [`infinispan-${site}`, hosts.replace(/^.*=(.*)\[(\d+)\]$/, '$1:$2')];
  }),
];

describe('addresses in docker-compose.yml and what it mounts', () => {
  it('are enough to be all', () => {
    expect(asked.length).toBeGreaterThan(20);
  });

  it.each(asked)('%s asks %s: one service of its networks, at a port of its own', (asker, address) => {
    const [host = '', port = ''] = address.split(':');
    const found = servicesNamed(host, asker);

    expect(found).toHaveLength(1);
    expect(portsOf(found[0] ?? '')).toContain(Number(port));
  });

  it.each([
    ['webhook', config.webhook?.listen],
    ['worker', config.worker.health.listen],
    ['observer', config.observer.health.listen],
    ['sentinel-site-b', pair?.sites[1].sentinel?.listen],
    ['api', config.api?.listen],
  ])('%s listens where it is asked for its health, and not on loopback', (service, listen = '') => {
    expect(listen).toMatch(/^0\.0\.0\.0:/);
    expect([...new Set(portsOf(service))]).toEqual([Number(listen.split(':')[1])]);
  });
});

describe('deploy/compose/sitewarden.yaml', () => {
  it('names the observers that run, and no other', () => {
    const run = Object.values(compose.services).flatMap(({ command = [] }) =>
      command[0] === 'observer' ? [command[command.indexOf('--name') + 1]] : [],
    );

    expect(run).toEqual((pair?.observers ?? []).map(({ name }) => name));
  });

  it('has a sentinel for the site in which one runs, and for no other', () => {
    const run = Object.values(compose.services).flatMap(({ command = [] }) =>
      command[0] === 'sentinel' ? [command[command.indexOf('--site') + 1]] : [],
    );

    expect(run).toEqual((pair?.sites ?? []).flatMap(({ name, sentinel }) => (sentinel ? [name] : [])));
  });

  it('names the accelerator that alerts carry and that the stand-in has', () => {
    const dnsName = pair?.traffic.globalAccelerator.dnsName ?? '';
    const labels = scraped.flatMap(({ labels = {} }) => (labels.accelerator ? [labels.accelerator] : []));

    expect(new Set(labels)).toEqual(new Set([dnsName]));
    expect(read('lab', 'compose', 'aws.ts')).toContain(`'${dnsName}'`);
  });

  it("names the load balancers, caches and secrets that are the lab's", () => {
    const references = [
      config.webhook?.credentials,
      ...(pair?.sites ?? []).map(({ infinispan }) => infinispan.credentials),
    ];

    expect(Object.fromEntries((pair?.sites ?? []).map(({ name, loadBalancer }) => [name, loadBalancer]))).toEqual(
      labLoadBalancers,
    );
    expect(pair?.replication.infinispan.caches).toEqual([...labCaches]);
    expect(new Set(references.map((reference) => reference?.secret))).toEqual(
      // The API's callers are made with the composition's own secrets: the person at the machine is one of them.
      new Set([labSecretIds.infinispan, labSecretIds.webhook].map((id) => `aws:${id}`)),
    );
  });

  it('names no file that its services do not see', () => {
    const files = (pair?.sites ?? []).map(({ infinispan }) => infinispan.ca?.replace('file:', ''));
    for (const service of ['worker', 'observer', 'sentinel-site-b', 'webhook', 'api', 'setup', 'cli']) {
      const seen = secretsOf(compose.services[service]!).map(({ target }) => target);

      expect(seen).toEqual(expect.arrayContaining(files));
    }
    const secretIn = (service: string, reference = '') =>
      secretsOf(compose.services[service]!).some(({ target }) => `file:${target}` === reference);

    expect(secretIn('api', config.api?.tokens.secret)).toBe(true);
    expect(secretIn('cli', config.apiClient?.token.secret)).toBe(true);
  });
});

describe('deploy/compose/dummy-aws.env', () => {
  it('holds nothing that AWS would take', () => {
    expect(dummyAws.AWS_ACCESS_KEY_ID).toBe('DUMMY');
    expect(dummyAws.AWS_SECRET_ACCESS_KEY).toBe('not-a-secret');
    expect(dummyAws.AWS_ENDPOINT_URL).toMatch(/^http:\/\/aws:\d+$/);
  });
});
