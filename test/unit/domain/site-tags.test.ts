import { siteTagFindings } from '../../../domain/site-tags';

describe('tags of the load balancers', () => {
  it('are no finding where each says the site that is configured', () => {
    expect(siteTagFindings({ 'site-a': { site: 'site-a' }, 'site-b': { site: 'site-b' } })).toEqual([]);
  });

  it('are a finding each: swapped, missing, or not read', () => {
    expect(
      siteTagFindings({ 'site-a': { site: 'site-b' }, 'site-b': 'untagged', 'site-c': { unknown: 'why' } }),
    ).toEqual([
      'the load balancer of site-a is tagged site=site-b: correct the tag, or loadBalancer in the configuration',
      'the load balancer of site-b has no tag "site", so nothing confirms that it is site-b\'s: tag it site=site-b',
      'the tag "site" of the load balancer of site-c could not be read (why); a fence does not need it',
    ]);
  });

  it('cannot draw outside their line', () => {
    const [finding] = siteTagFindings({ 'site-a': { site: `\u001b[2Jx\n${'y'.repeat(300)}` } });

    expect(finding).toMatch(/^the load balancer of site-a is tagged site= \[2Jx y+: correct/);
    expect(finding?.length).toBeLessThan(200);
  });
});
