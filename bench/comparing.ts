import { compareSites } from '../activities/compare/compare-sites';
import type { PairGateways, ReplicationGateway } from '../gateways/ports';
import { createInfinispanGateway, type InfinispanGateway } from '../gateways/infinispan';
import { entriesServer } from '../test/support/entries-server';
import { FakeCredentials } from '../test/support/fake-credentials';
import { FakeWorld } from '../test/support/fake-world';
import { pair } from '../test/support/observations';
import { bytes, timeOf, type Comparison } from './measure';

const few = 5_000;
const many = 100_000;

/** Comparing every key and value of two equal sites over HTTP, and what a cache of twenty times the size costs. */
export async function comparing(): Promise<Comparison[]> {
  await measure(few);
  const small = await measure(few);
  const large = await measure(many);
  const perEntry = (took: { entries: number; ms: number }): string =>
    `${Math.round((1_000 * took.entries) / took.ms).toLocaleString('en')} per s`;
  return [
    {
      what: `comparing ${many.toLocaleString('en')} entries, each`,
      measured: perEntry(large),
      against: `comparing ${few.toLocaleString('en')}, each`,
      baseline: perEntry(small),
      ratio: large.ms / large.entries / (small.ms / small.entries),
    },
    {
      what: `memory held while comparing ${many.toLocaleString('en')} entries`,
      measured: bytes(large.heldBytes),
      against: `while comparing ${few.toLocaleString('en')}`,
      baseline: bytes(small.heldBytes),
      ratio: large.heldBytes / small.heldBytes,
    },
  ];
}

/** Time, and what was held at the most beyond what there was before; the garbage of a moment ago does not count. */
async function measure(entries: number): Promise<{ entries: number; ms: number; heldBytes: number }> {
  const server = await entriesServer(entries);
  const gateways = ['site-a', 'site-b'].map((site) => gatewayTo(server.url(site), site));
  try {
    const before = heldBytes();
    let most = 0;
    const look = (): void => void (most = Math.max(most, heldBytes() - before));
    const ms = await timeOf(() => compare(gateways, () => undefined));
    await compare(gateways, look);
    return { entries, ms, heldBytes: most };
  } finally {
    for (const gateway of gateways) await gateway.close();
    await server.close();
  }
}

async function compare([keep, stale]: readonly InfinispanGateway[], look: () => void): Promise<void> {
  const caches = ['work'];
  const replication: Record<string, ReplicationGateway> = { 'site-a': keep!, 'site-b': stale! };
  const gateways: PairGateways = { ...new FakeWorld({ caches }).gateways(), replication };
  const command = { kind: 'compareSites', keepSite: 'site-a', staleSite: 'site-b', caches, epoch: 1 } as const;
  const { signal } = new AbortController();
  let told = 0;
  await compareSites({ pair: { ...pair, caches }, configHash: 'cafe0000', gateways }, command, {
    ...{ signal, clock: Date },
    sending: async () => ({ commandId: 'bench/1/1', signal }),
    tell: () => void ((told += 1) % 5 === 0 && look()),
  });
}

function gatewayTo(url: string, site: string): InfinispanGateway {
  const source = new FakeCredentials().put('env:ADMIN', '{"username":"admin","password":"secret"}');
  const credentials = { source, reference: 'env:ADMIN' };
  return createInfinispanGateway({ site, url, credentials, startedAtCache: 'work', clock: Date.now });
}

/** Everything in use after a collection, buffers included. */
function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
