import { effectiveConfig, toSitePair } from '../../../config';
import { exampleData, loaded, problemsAfter } from './a-config';

const workload = { exec: { stop: ['stop-it'], start: ['start-it'] } };
const network = { addresses: ['10.0.0.1', '2001:db8::1'] };
const etcd = { endpoints: ['https://etcd-1.example:2379'] };

/** The problems of the first site with this sentinel. */
function withSentinel(sentinel: object, beside: { site?: object; root?: object; otherSite?: object } = {}) {
  return problemsAfter((data) => {
    const [first, second] = data.sitePairs[0].sites;
    Object.assign(first, { workload, sentinel }, beside.site);
    Object.assign(second, beside.otherSite);
    Object.assign(data, beside.root);
  }).problems.map(({ what, instead }) => `${what} ${instead}`);
}

const locked = { lock: {} };
const bothLocked = { root: { lock: { etcd } }, otherSite: { workload, sentinel: locked } };

describe('a sentinel in the configuration', () => {
  it('needs a network to watch, and has a default for everything else', () => {
    const data = exampleData();
    Object.assign(data.sitePairs[0].sites[0], { workload, sentinel: { network } });

    expect(loaded(data).sitePairs[0]?.sites[0].sentinel).toEqual({
      listen: '127.0.0.1:9095',
      network: { addresses: network.addresses, urls: [], periodSeconds: 5, timeoutMs: 1_000, rounds: 3 },
      onIsolation: 'stop',
      stateFolder: '/etc/sitewarden/sitewarden-sentinel',
    });
    expect(loaded(exampleData()).sitePairs[0]?.sites[0].sentinel).toBeUndefined();
  });

  it.each<[string, object, RegExp]>([
    ['watches nothing', {}, /nothing to watch.*addresses: \[10\.0\.0\.1\]/],
    [
      'names an interface that would be an option of ping',
      { network: { addresses: ['10.0.0.1'], nic: '-f' } },
      /no name of an interface/,
    ],
    [
      'names an address that would be an option of ping',
      { network: { addresses: ['-f'] } },
      /no IP address and no host name/,
    ],
    [
      'names a ping that asks nobody',
      { network: { ...network, ping: ['ping', '-c', '1'] } },
      /asks no address.*"\{address\}"/,
    ],
    [
      'misspells a place in its ping',
      { network: { ...network, ping: ['ping', '-W', '{timeout}', '{address}'] } },
      /nothing stands for \{timeout\}.*\{timeoutSeconds\}/,
    ],
    ['listens at a port that is none', { network, listen: '127.0.0.1:65536' }, /from 0 to 65535/],
    ['names a ping of a shell', { network: { ...network, ping: 'ping {address}' } }, /list of program and arguments/],
    ['does what it cannot', { network, onIsolation: 'pray' }, /neither stop nor lbCheck/],
    ['misspells', { network, rounds: 3 }, /no such key/],
  ])('that %s is refused, with what to write', (_what, sentinel, says) => {
    expect(withSentinel(sentinel).join('\n')).toMatch(says);
  });

  it('that stops needs a command that does', () => {
    expect(withSentinel({ network }, { site: { workload: 'manual' } }).join()).toMatch(/no command stops.*lbCheck/);
    expect(withSentinel({ network, onIsolation: 'lbCheck' }, { site: { workload: 'none' } })).toEqual([]);
  });

  it('shows its URLs without their queries', () => {
    const data = exampleData();
    const urls = ['https://witness.example/up?token=canary'];
    Object.assign(data.sitePairs[0].sites[0], { workload, sentinel: { network: { urls } } });

    expect(effectiveConfig(loaded(data))).toContain('https://witness.example/up?...');
    expect(effectiveConfig(loaded(data))).not.toContain('canary');
  });
});

describe('a sentinel with a lock', () => {
  it('is accepted in both sites, with a store', () => {
    expect(withSentinel(locked, bothLocked)).toEqual([]);
  });

  it.each<[string, object, object, RegExp]>([
    ['without a store', locked, { ...bothLocked, root: {} }, /nothing says where locks are kept/],
    ['in one site only', locked, { root: { lock: { etcd } } }, /its application would run whoever holds it/],
    [
      'that leaves the application running',
      { ...locked, onIsolation: 'lbCheck' },
      bothLocked,
      /runs on without the lock/,
    ],
    [
      'too short for its stop',
      { lock: { leaseSeconds: 20, stopSeconds: 20 } },
      bothLocked,
      /leaseSeconds of at least 29/,
    ],
  ])('%s is refused', (_what, sentinel, beside, says) => {
    expect(withSentinel(sentinel, beside).join('\n')).toMatch(says);
  });
});

it('a pair whose sites both run under its lock is active/passive to the rules, and no other is', () => {
  const data = exampleData();
  const pairOf = (written: typeof data) => toSitePair(loaded(written).sitePairs[0]!);
  expect(pairOf(data)).not.toHaveProperty('activePassive');
  const [first, second] = data.sitePairs[0].sites;
  Object.assign(first, { workload, sentinel: { network } });
  expect(pairOf(data)).not.toHaveProperty('activePassive');
  Object.assign(first, { sentinel: locked });
  Object.assign(second, { workload, sentinel: locked });
  Object.assign(data, { lock: { etcd } });

  expect(pairOf(data)).toMatchObject({ activePassive: true });
});

describe('the store of locks', () => {
  const withLock = (lock: object) =>
    problemsAfter((data) => Object.assign(data, { lock })).problems.map(({ what, instead }) => `${what} ${instead}`);

  it.each<[string, object]>([
    ['etcd over TLS', { etcd: { ...etcd, ca: 'file:ca.pem', credentials: { secret: 'env:ETCD' } } }],
    ['etcd on this machine', { etcd: { endpoints: ['http://127.0.0.1:2379'] } }],
    ['files', { file: { folder: 'locks' } }],
  ])('%s is accepted', (_what, lock) => {
    expect(withLock(lock)).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['none', {}, /no store is named/],
    ['two', { etcd, file: { folder: 'locks' } }, /two stores/],
    ['in clear text', { etcd: { endpoints: ['http://etcd-1.example:2379'] } }, /clear text.*allowPlaintext/],
    [
      'in clear text with a password',
      { etcd: { endpoints: ['http://127.0.0.1:2379'], credentials: { secret: 'env:ETCD' } } },
      /clear text/,
    ],
    ['a certificate without its key', { etcd: { ...etcd, certificate: 'file:me.pem' } }, /belong together/],
    ['a CA for http', { etcd: { endpoints: ['http://127.0.0.1:2379'], ca: 'file:ca.pem' } }, /no use/],
  ])('%s is refused', (_what, lock, says) => {
    expect(withLock(lock).join('\n')).toMatch(says);
  });

  it('is needed by an outer lock, whose folder starts at that of the configuration', () => {
    const outer = problemsAfter((data) => Object.assign(data.sitePairs[0], { outerLock: {} }));
    const data = exampleData();
    Object.assign(data.sitePairs[0], { outerLock: {} });
    const config = loaded({ ...data, lock: { file: { folder: 'locks' } } });

    expect(outer.message).toMatch(/nothing says where locks are kept/);
    expect(config.lock?.file?.folder).toBe('/etc/sitewarden/locks');
    expect(config.sitePairs[0]?.outerLock).toEqual({ leaseSeconds: 60, fenceWaits: false });
  });
});
