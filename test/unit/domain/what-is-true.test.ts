import { whatIsTrue } from '../../../domain/what-is-true';
import { fine, observed, pair, read, unread } from '../../support/observations';

describe('what is true', () => {
  it('is one sentence about traffic and replication', () => {
    const observation = observed({
      a: { ...fine, backups: { sessions: 'offline', work: 'online' } },
      b: { ...fine, endpoint: undefined },
    });

    expect(whatIsTrue(pair, observation)).toBe(
      'site-a is in traffic; site-b is out of traffic; ' +
        'replication site-a -> site-b is offline for 1 of 2 caches; replication site-b -> site-a is online.',
    );
  });

  it('does not take a site that reports no backup for one that replicates', () => {
    const observation = observed({ a: { ...fine, backup: undefined, backups: {} } });

    expect(whatIsTrue(pair, observation)).toContain('site-a reports no backup to site-b');
  });

  it('says what the fence devices say that were asked', () => {
    const device = (name: string) => ({ name, site: 'site-b', level: 2, kind: 'agent' as const });
    const devices = ['power', 'console', 'other'].map(device);
    const levelled = { ...pair, fencing: { trafficLevel: 1, trafficWithinSeconds: 30, devices } };
    const said = { power: read('off' as const), console: unread('FenceDeviceFailed') };

    expect(whatIsTrue(levelled, { ...observed(), devices: said })).toContain(
      'power says that site-b is off; console cannot tell whether site-b is on',
    );
    expect(whatIsTrue(levelled, observed())).not.toContain('power');
  });

  it('says what is unknown', () => {
    const observation = observed({ a: { ...fine, backup: undefined }, trafficUnread: true });

    expect(whatIsTrue(pair, { ...observation, sites: { 'site-a': observation.sites['site-a']! } })).toBe(
      'whether site-a is in traffic is unknown; whether site-b is in traffic is unknown; ' +
        'replication site-a -> site-b is unknown; replication site-b -> site-a is unknown; ' +
        'health 200 of site-a says nothing about the link.',
    );
  });
});
