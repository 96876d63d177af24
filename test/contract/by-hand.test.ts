import { byHand } from '../../client/cli/rendering/by-hand';
import type { PairConfig } from '../../config';
import type { Command } from '../../domain/command';
import { createInfinispanGateway } from '../../gateways/infinispan';
import { noHurry } from '../support/outcome';
import { observed } from '../support/observations';
import { scriptedServer } from '../support/scripted-server';

describe('what a person types instead of a command', () => {
  it.each(['', '/behind/a-proxy/'])("asks of Infinispan what its gateway asks (URL ending in '%s')", async (path) => {
    const server = await scriptedServer(() => ({ body: { work: 'ok' } }));
    const url = `${server.url}${path}`;
    const gateway = createInfinispanGateway({
      site: 'site-a',
      url,
      credentials: { source: { read: async () => secret, readAnew: async () => secret }, reference: 'env:INFINISPAN' },
      startedAtCache: 'work',
      clock: () => 1_000_000,
    });
    const pair = { sites: [{ name: 'site-a', infinispan: { url } }] } as unknown as PairConfig;
    const command: Command = { kind: 'takeBackupOffline', onSite: 'site-a', backupSite: 'site-b' };

    await gateway.takeBackupOffline('site-b', { commandId: 'incident-1/1/1', signal: noHurry() });
    const { typed } = byHand(pair, command, observed());

    await gateway.close();
    await server.close();
    const [, method, address = ''] = /--request (\w+) '(.*)'$/.exec(typed) ?? [];
    expect(`${method} ${address.slice(server.url.length)}`).toBe(server.requests[0]);
  });
});

const secret = JSON.stringify({ username: 'admin', password: 'secret' });
