import { Agent } from 'undici';
import { lookOf } from '../../../domain/isolation';
import { createNetworkGateway } from '../../../gateways/network';
import { noHurry } from '../../support/outcome';

const byUrl = () =>
  createNetworkGateway({
    ...{ key: 'sentinel.network', addresses: [], urls: ['https://witness.example/up'], timeoutMs: 1_000 },
  });

describe('a URL of the network check', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['EMFILE', 'unknown'],
    ['ENFILE', 'unknown'],
    ['ENOBUFS', 'unknown'],
    ['EPERM', 'unknown'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unknown'],
    ['CERT_HAS_EXPIRED', 'unknown'],
    ['ENETUNREACH', 'isolated'],
    ['ENOTFOUND', 'isolated'],
    ['ECONNREFUSED', 'isolated'],
  ] as const)('that fails by %s leaves the network %s', async (code, look) => {
    jest.spyOn(Agent.prototype, 'request').mockRejectedValue(Object.assign(new Error('as the test asked'), { code }));
    const gateway = byUrl();

    const probes = await gateway.probe(noHurry());

    expect(lookOf(probes)).toBe(look);
    expect(probes[0]?.says).toContain(code);
    await gateway.close();
  });
});
