import { backupFindings } from '../../../../domain/readiness/backups';
import { fine, pair } from '../../../support/observations';
import { facts, observing } from './facts';

describe('readiness: backups', () => {
  it('are ready where the sites see each other and everything is online both ways', () => {
    expect(backupFindings(pair, facts())).toEqual([]);
  });

  it('a site that does not see the other is told, one way as well', () => {
    expect(backupFindings(pair, facts({ a: { ...fine, sees: false } }))).toEqual([
      {
        what: 'site-a does not see site-b',
        consequence: expect.stringContaining('do not replicate') as string,
        fix: expect.stringContaining('sitewarden explain keycloak-prod') as string,
      },
    ]);
  });

  it('what could not be read is not taken for whole', () => {
    expect(backupFindings(pair, facts({ b: { endpoint: fine.endpoint } })).map(({ what }) => what)).toEqual([
      'whether site-b sees site-a could not be read (InfinispanUnreachable)',
      'the status of the backups of site-b to site-a could not be read (InfinispanUnreachable)',
    ]);
    expect(backupFindings(pair, observing({ sites: {} }))).toHaveLength(4);
  });

  it('a configured cache of which the site reports no backup is told', () => {
    expect(backupFindings(pair, facts({ a: { ...fine, backups: { sessions: 'online' } } }))).toEqual([
      {
        what: 'site-a reports no backup to site-b for work',
        consequence: expect.stringContaining('no fence detaches') as string,
        fix: expect.stringContaining('replication.infinispan.caches') as string,
      },
    ]);
  });

  it('a backup that is not online though both sites serve is told by cache', () => {
    const b = { ...fine, backups: { sessions: 'online', work: 'failed' } as const };

    expect(backupFindings(pair, facts({ b }))).toMatchObject([
      { what: 'site-b, work: the backup to site-a is failed, the others online (mixed)' },
    ]);
  });
});
