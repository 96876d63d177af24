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

  // Node gives the whole the code of the first one.
  it.each([
    [['EACCES', 'ETIMEDOUT'], 'isolated'],
    [['ENETUNREACH', 'EACCES'], 'isolated'],
    [['EMFILE', 'EMFILE'], 'unknown'],
  ] as const)('of a name whose addresses fail by %p leaves the network %s', async (codes, look) => {
    const errors = codes.map((code) => Object.assign(new Error('as the test asked'), { code }));
    const whole = Object.assign(new AggregateError(errors), { code: codes[0] });
    jest.spyOn(Agent.prototype, 'request').mockRejectedValue(whole);
    const gateway = byUrl();

    expect(lookOf(await gateway.probe(noHurry()))).toBe(look);
    await gateway.close();
  });
});
