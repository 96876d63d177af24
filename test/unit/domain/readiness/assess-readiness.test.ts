import { assessReadiness } from '../../../../domain/readiness/assess-readiness';
import { checkNames, checks, findingsOf } from '../../../../domain/readiness/report';
import { verdictOf } from '../../../../domain/verdict';
import type { SitePair } from '../../../../domain/site-pair';
import type { BackupStatus } from '../../../../domain/observation';
import { fine, now, unread, type SeenSite } from '../../../support/observations';
import { wellPlaced } from '../../../support/surroundings';
import { facts } from './facts';

const settings = { weight: 128, clientIpPreservation: false };
const pair: SitePair = { ...wellPlaced, endpoints: { 'site-a': settings, 'site-b': settings } };

describe('a report on readiness', () => {
  it('has every check in its order, and is ready where none found anything', () => {
    const report = assessReadiness(pair, facts());

    expect(report).toMatchObject({ pair: 'keycloak-prod', at: now, verdict: 'ready' });
    expect(report.checks.map(({ name }) => name)).toEqual(checkNames);
    expect(Object.keys(checks)).toEqual(checkNames);
    expect(findingsOf(report)).toEqual([]);
  });

  it('says of what the pair does not have that it was not looked at', () => {
    const { checks } = assessReadiness(pair, facts());
    const of = (name: string) => checks.find((check) => check.name === name);

    expect(of('observers')).toEqual({ name: 'observers', findings: [], notLookedAt: 'the pair has no observers' });
    expect(of('devices')).toMatchObject({ notLookedAt: expect.stringContaining('no fence devices') as string });
    expect(of('application')).toMatchObject({ notLookedAt: expect.stringContaining('Keycloak') as string });
    expect(of('caches')).toEqual({ name: 'caches', findings: [] });
  });

  it('asks the devices and the Keycloaks of a pair that has them', () => {
    const manual = { name: 'switch', site: 'site-b', level: 2, kind: 'manual' as const, instruction: 'pull the plug' };
    const fencing = { trafficLevel: 1, trafficWithinSeconds: 30, devices: [manual] };
    const workloads = { 'site-a': 'keycloak', 'site-b': 'keycloak' } as const;
    const { checks } = assessReadiness({ ...pair, fencing, workloads }, facts());

    expect(checks.filter(({ name }) => name === 'devices' || name === 'application')).toEqual([
      { name: 'application', findings: [] },
      { name: 'devices', findings: [] },
    ]);
  });

  it('no check that needs a site says ready while nothing of that site can be read', () => {
    const ready = facts();
    const sites = { ...ready.sites, 'site-b': { caches: unread(), server: unread('NotObserved') } };
    const { checks } = assessReadiness(pair, facts({ b: {} }, { sites }));
    const found = checks.filter(({ findings }) => findings.length > 0).map(({ name }) => name);

    expect(found).toEqual(['credentials', 'endpoints', 'backups', 'caches', 'otherFencers']);
  });

  it('one finding makes a pair not ready', () => {
    expect(assessReadiness(pair, facts({ dial: 0 }))).toMatchObject({ verdict: 'notReady' });
  });

  const endpoints = [undefined, fine.endpoint, { health: 'UNHEALTHY', weight: 128 }] as const;
  const backups: readonly (BackupStatus | undefined)[] = ['online', 'offline', undefined];
  const someSites: SeenSite[] = endpoints.flatMap((endpoint) =>
    [true, false, undefined].flatMap((sees) =>
      backups.map((backup) => ({ ...fine, endpoint, sees, ...(backup ? { backup } : { backup: undefined }) })),
    ),
  );

  it('is never ready where the verdict is not healthy: over all small observations', () => {
    const seen = someSites.flatMap((a) => someSites.map((b) => facts({ a, b })));
    const ready = seen.filter((one) => assessReadiness(pair, one).verdict === 'ready');
    const unhealthy = ready.filter((one) => verdictOf(pair, one.observation).kind !== 'healthy');

    expect(seen).toHaveLength(729);
    expect(ready.length).toBeGreaterThan(0);
    expect(unhealthy).toEqual([]);
  });
});
