import type { CacheConfiguration, SiteReadiness } from '../../../../domain/readiness/facts';
import { otherFencerFindings } from '../../../../domain/readiness/other-fencers';
import type { AlertRoutes } from '../../../../domain/readiness/surroundings';
import type { Reading } from '../../../../domain/observation';
import { pair, read, unread } from '../../../support/observations';
import { surroundings } from '../../../support/surroundings';

const url = 'https://alertmanager.example';
const ours = { receiver: 'sitewarden', hosts: ['hidden'] };
const routes: AlertRoutes = { ours: 'sitewarden', notifying: [], webhooks: [ours], watchdog: ['sitewarden'] };

const findings = (
  alertmanagers: Record<string, Reading<AlertRoutes>>,
  caches: Record<string, CacheConfiguration> = {},
  others: SiteReadiness['caches'] = read({}),
) => {
  const site = { caches: read(caches), server: unread('NotObserved') };
  const sites = { 'site-a': site, 'site-b': { ...site, caches: others } };
  return otherFencerFindings(pair, { sites, surroundings: surroundings({ alertmanagers }) });
};
const configuration = (takesOffline?: { afterFailures: number; minWaitMs: number }): CacheConfiguration => ({
  transactionMode: 'NON_DURABLE_XA',
  backup: { strategy: 'SYNC', failurePolicy: 'FAIL', ...(takesOffline && { takesOffline }) },
});

describe('whoever else fences', () => {
  it('is nobody where Sitewarden alone is told, and no cache detaches itself', () => {
    expect(findings({})).toEqual([]);
    expect(findings({ [url]: read(routes) }, { work: configuration() })).toEqual([]);
  });

  it('by the same alerts: a Lambda is called one, another webhook may be anything', () => {
    const webhooks = [
      ours,
      { receiver: 'fencing', hosts: ['abc.lambda-url.eu-west-1.on.aws'] },
      { receiver: 'other', hosts: ['hidden'] },
    ];

    expect(findings({ [url]: read({ ...routes, webhooks }) })).toEqual([
      {
        what: `Alertmanager (${url}) tells SiteOffline to another webhook as well: receiver fencing (an AWS Lambda)`,
        consequence: expect.stringContaining('two that fence by themselves') as string,
        fix: expect.stringMatching(/^take fencing out of the route.*for keycloak-prod: mode: shadow/) as string,
      },
      expect.objectContaining({
        what: `Alertmanager (${url}) tells SiteOffline to another webhook as well: receiver other (hidden)`,
      }),
    ]);
    expect(findings({ [url]: read({ ...routes, webhooks, notifying: ['fencing', 'other'] }) })).toEqual([]);
  });

  it('is not all: an Alertmanager that would tell Sitewarden of nothing is a finding', () => {
    expect(
      findings({ [url]: read({ ...routes, webhooks: [], watchdog: ['people'] }) }).map(({ what }) => what),
    ).toEqual([
      `Alertmanager (${url}) would not tell SiteOffline to a webhook of receiver sitewarden`,
      `Alertmanager (${url}) would not tell SitewardenWatchdog to receiver sitewarden`,
    ]);
  });

  it('cannot be told where the configuration cannot be read', () => {
    expect(findings({ [url]: unread('AlertmanagerUnreachable') })).toMatchObject([
      { what: `the running configuration of the Alertmanager at ${url} could not be read (AlertmanagerUnreachable)` },
    ]);
  });

  it('is Infinispan itself where a backup takes the other site offline', () => {
    const automatic = configuration({ afterFailures: 3, minWaitMs: 0 });

    expect(findings({}, { work: automatic, actionTokens: automatic, loginFailures: configuration() })).toMatchObject([
      {
        what: 'site-a, actionTokens, work: Infinispan takes site-b offline by itself (take-offline)',
        fix: expect.stringContaining('remove <take-offline/>'),
      },
    ]);
  });

  it('may be an Infinispan whose caches could not be read', () => {
    expect(findings({}, {}, unread('InfinispanDenied'))).toMatchObject([
      { what: 'whether the Infinispan of site-b takes site-a offline by itself could not be read (InfinispanDenied)' },
    ]);
  });
});
