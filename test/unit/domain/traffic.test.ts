import { endpointOf, groupsHolding, groupsOf, isAdmitted } from '../../../domain/traffic';
import { otherSite } from '../../../domain/site-pair';
import { fine, observed, pair } from '../../support/observations';

describe('traffic', () => {
  it('admits a site that is present, whatever its weight and health', () => {
    const groups = groupsOf(observed({ b: { ...fine, endpoint: { weight: 0, health: 'UNHEALTHY' } } })) ?? [];

    expect(isAdmitted(groups, 'site-b')).toBe(true);
    expect(groupsHolding(groups, 'site-b')).toHaveLength(1);
  });

  it('does not admit a site that is absent', () => {
    const groups = groupsOf(observed({ b: { ...fine, endpoint: undefined } })) ?? [];

    expect(isAdmitted(groups, 'site-b')).toBe(false);
    expect(groups.map((group) => endpointOf(group, 'site-b'))).toEqual([undefined]);
  });

  it('is unknown when Global Accelerator was not read', () => {
    expect(groupsOf(observed({ trafficUnread: true }))).toBeUndefined();
  });

  it('has one other site for each', () => {
    expect(pair.sites.map((site) => otherSite(pair, site))).toEqual(['site-b', 'site-a']);
  });
});
