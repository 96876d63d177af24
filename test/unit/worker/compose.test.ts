import { Writable } from 'node:stream';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { parseConfig } from '../../../config';
import { createLogger } from '../../../runtime/logging';
import { composePairs } from '../../../worker/compose';
import { createJournal } from '../../../worker/journal';

const source = { read: async () => 'secret', readAnew: async () => 'secret' };

function configWith(ca: string) {
  const site = (name: string) => `
      - name: ${name}
        loadBalancer: arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/${name}/0123456789abcdef
        infinispan: { url: 'https://${name}.example:11222', ca: 'file:${ca}', credentials: { secret: 'env:INFINISPAN' } }
        health: https://${name}.example/lb-check`;
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
    const folder = mkdtempSync(join(tmpdir(), 'sitewarden-ca-'));
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');

    const { sitePairs, closers } = composePairs(configWith(ca), source);

    const configured = sitePairs.get('keycloak-prod');
    expect(configured?.pair.sites).toEqual(['site-a', 'site-b']);
    expect(Object.keys(configured?.gateways.replication ?? {})).toEqual(['site-a', 'site-b']);
    expect(Object.keys(configured?.gateways.health ?? {})).toEqual(['site-a', 'site-b']);
    expect(closers).toHaveLength(5);
    await Promise.all(closers.map(({ close }) => close()));
    rmSync(folder, { recursive: true });
  });

  it('names the CA file that it cannot read', () => {
    expect(() => composePairs(configWith('/nowhere/ca.pem'), source)).toThrow(
      'The CA file /nowhere/ca.pem cannot be read.',
    );
  });
});

describe("the worker's journal", () => {
  it('says a failing read once, and once more when it is over; every command with its ids', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
        done();
      },
    });
    const registry = new Registry();
    const logger = createLogger({ process: 'worker', destination });
    const journal = createJournal({ logger, registry, monotonicMs: () => 0 });
    const failed = {
      pair: 'keycloak-prod',
      what: 'site-b view',
      type: 'InfinispanUnreachable',
      message: 'No.',
    } as const;

    journal.readFailed(failed);
    journal.readFailed(failed);
    journal.readSucceeded(failed);
    journal.readSucceeded(failed);
    journal.commandEnded({
      pair: 'keycloak-prod',
      commandId: 'incident-1/1/1',
      command: 'remove site-b',
      outcome: 'accepted',
      message: '',
    });

    expect(lines.map(({ message }) => message)).toEqual([
      'Not read: site-b view. No.',
      'Read again: site-b view.',
      'Accepted: remove site-b. Only a later read proves it.',
    ]);
    expect(lines[2]).toMatchObject({
      pair: 'keycloak-prod',
      workflowId: 'site-pair/keycloak-prod',
      command: 'incident-1/1/1',
    });
    const metrics = await registry.metrics();
    expect(metrics).toContain('sitewarden_commands_total{pair="keycloak-prod",outcome="accepted"} 1');
    expect(metrics).toContain('type="InfinispanUnreachable"} 2');
  });
});
