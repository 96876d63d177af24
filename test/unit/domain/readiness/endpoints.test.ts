import type { EndpointGroup } from '../../../../domain/observation';
import { endpointFindings } from '../../../../domain/readiness/endpoints';
import type { SitePair } from '../../../../domain/site-pair';
import { fine, groupArn, pair as usual, read, unread } from '../../../support/observations';
import { facts, observing } from './facts';

/** As the endpoints of the observations are. */
const settings = { weight: 128, clientIpPreservation: false };
const pair: SitePair = { ...usual, endpoints: { 'site-a': settings, 'site-b': settings } };

const group = (change: Partial<EndpointGroup> = {}): EndpointGroup => {
  const endpoint = (site: string) => ({ ...settings, site, endpointId: `arn:${site}`, health: 'HEALTHY' as const });
  return {
    arn: groupArn,
    region: 'eu-west-1',
    dial: 100,
    endpoints: [endpoint('site-a'), endpoint('site-b')],
    ...change,
  };
};
const withGroups = (...groups: EndpointGroup[]) =>
  endpointFindings(pair, observing({ traffic: { status: read('DEPLOYED'), groups: read(groups) } }));
const [ofA, ofB] = group().endpoints as [EndpointGroup['endpoints'][number], EndpointGroup['endpoints'][number]];

describe('readiness: endpoints', () => {
  it('are ready where both sites stand healthy in every group, as they are configured', () => {
    expect(withGroups(group(), group({ arn: `${groupArn}0`, region: 'us-east-1' }))).toEqual([]);
  });

  it('a group that lacks a site is named, though another one has it', () => {
    const [finding, ...others] = withGroups(group(), group({ region: 'us-east-1', endpoints: [ofA] }));

    expect(others).toEqual([]);
    expect(finding).toEqual({
      what: 'site-b has no endpoint in the endpoint group 1 (us-east-1)',
      consequence: expect.stringContaining('one site serves everybody there') as string,
      fix: expect.stringContaining('sitewarden site-online keycloak-prod') as string,
    });
  });

  it.each(['UNHEALTHY', 'INITIAL'] as const)('a site that is %s could not be kept', (health) => {
    expect(withGroups(group({ endpoints: [ofA, { ...ofB, health }] }))).toMatchObject([
      { what: `site-b is ${health} in the endpoint group 1 (eu-west-1)`, consequence: expect.stringContaining('kept') },
    ]);
  });

  it('settings that differ from the configuration are told with both values', () => {
    const other = { ...ofB, weight: 64, clientIpPreservation: true };

    expect(withGroups(group({ endpoints: [ofA, other] }))).toMatchObject([
      {
        what: 'site-b stands in the endpoint group 1 (eu-west-1) with weight 64 instead of 128 and client-IP preservation on instead of off',
        fix: expect.stringContaining('sites[].endpoint of site-b'),
      },
    ]);
  });

  it('a weight of 0 makes a site that cannot be kept', () => {
    expect(withGroups(group({ endpoints: [{ ...ofA, weight: 0 }, ofB] }))).toMatchObject([
      {
        what: expect.stringContaining('weight 0 instead of 128'),
        consequence: expect.stringContaining('no site to keep'),
      },
    ]);
  });

  it('of a site whose settings are not configured nothing is compared', () => {
    const unsaid = { ...pair, endpoints: { 'site-a': settings } };
    const seen = observing({
      traffic: { status: read('DEPLOYED'), groups: read([group({ endpoints: [ofA, { ...ofB, weight: 1 }] })]) },
    });

    expect(endpointFindings(unsaid, seen)).toEqual([]);
  });

  it('a traffic dial of 0 lets no site be kept there; any other is left to its owner', () => {
    expect(withGroups(group({ dial: 0 }))).toMatchObject([
      { what: 'the traffic dial of the endpoint group 1 (eu-west-1) is 0' },
    ]);
    expect(withGroups(group({ dial: 50 }))).toEqual([]);
  });

  it('an endpoint of neither site is told: no fence takes it out', () => {
    const foreign = { ...ofA, site: undefined, endpointId: 'arn:of-others\u001b[2J' };

    expect(withGroups(group({ endpoints: [ofA, ofB, foreign] }))).toMatchObject([
      { what: 'the endpoint group 1 (eu-west-1) has an endpoint that is of neither site: arn:of-others [2J' },
    ]);
  });

  it('groups that could not be read are no groups that are fine', () => {
    expect(endpointFindings(pair, facts({ trafficUnread: true }))).toMatchObject([
      {
        what: 'the endpoint groups could not be read (TrafficUnreachable)',
        consequence: expect.stringContaining('none fenced'),
      },
    ]);
  });

  it.each([
    [{ ...fine, health: 503 }, 'the health URL of site-b answers 503'],
    [{ ...fine, health: undefined }, 'the health URL of site-b could not be read (HealthUnreachable)'],
  ])('a health URL that is not at 200 is told', (b, what) => {
    expect(endpointFindings(pair, facts({ b }))).toMatchObject([{ what }]);
  });

  it('where no health URL is configured nothing is said of it, nor of a site that was not looked at', () => {
    const { observation } = facts();
    const site = { ...observation.sites['site-a']!, health: unread('NotObserved') };

    expect(endpointFindings(pair, observing({ sites: { 'site-a': site } }))).toEqual([]);
  });

  it('the tags of the load balancers are among it', () => {
    expect(endpointFindings(pair, facts({}, { siteTags: { 'site-a': 'untagged' } }))).toMatchObject([
      { what: 'the load balancer of site-a has no tag "site"' },
    ]);
  });
});
