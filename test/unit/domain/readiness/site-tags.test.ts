import { siteTagFindings } from '../../../../domain/readiness/site-tags';

describe('the tag of a load balancer', () => {
  it('is none to tell of where it names the site', () => {
    expect(siteTagFindings({ 'site-a': { site: 'site-a' }, 'site-b': { site: 'site-b' } })).toEqual([]);
  });

  it('is a finding where it is missing, names another site, or was not read', () => {
    const tags = { 'site-a': { site: 'site-b' }, 'site-b': 'untagged', 'site-c': { unknown: 'why' } } as const;

    expect(siteTagFindings(tags)).toEqual([
      {
        what: 'the load balancer of site-a is tagged site=site-b',
        consequence: 'if the tag is right, a fence takes the wrong site out of traffic',
        fix: 'correct the tag, or loadBalancer in the configuration',
      },
      {
        what: 'the load balancer of site-b has no tag "site"',
        consequence: expect.stringContaining("nothing confirms that it is site-b's") as string,
        fix: 'tag it site=site-b',
      },
      {
        what: 'the tag "site" of the load balancer of site-c could not be read (why)',
        consequence: expect.stringContaining('a fence does not need it') as string,
        fix: expect.stringContaining('DescribeTags') as string,
      },
    ]);
  });

  it('cannot draw on a page', () => {
    const [finding] = siteTagFindings({ 'site-a': { site: `\u001b[2Jx\n${'y'.repeat(300)}` } });

    expect(finding?.what).toMatch(/^the load balancer of site-a is tagged site= \[2Jx y+$/);
    expect(finding?.what.length).toBeLessThan(150);
  });
});
