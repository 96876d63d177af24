import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../../config';
import { openArchive } from '../../../worker/archive';
import { composePairs } from '../../../worker/compose';
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
    expect(closers).toHaveLength(7);
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

  it('names the CA file that it cannot read', () => {
    expect(() => composePairs(configWith('/nowhere/ca.pem'), source)).toThrow(
      'The CA file /nowhere/ca.pem cannot be read.',
    );
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
