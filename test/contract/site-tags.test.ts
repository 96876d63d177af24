import { createSiteTagsGateway } from '../../gateways/elastic-load-balancing';
import { startAwsStandIn, type FaultSpec } from '../../lab/aws-stand-in';
import { awsPair, clientOf, loadBalancers } from '../support/aws-pair';
import { FakeWorld } from '../support/fake-world';
import { noHurry } from '../support/outcome';
import { scriptedServer, type Script } from '../support/scripted-server';
import { siteTagsContract } from './site-tags.contract';

siteTagsContract('fake', async () => {
  const world = new FakeWorld();
  return {
    gateway: world.gateways().siteTags,
    tag: (site, as) => void world.siteTags.set(site, as === undefined ? 'untagged' : { site: as }),
    close: async () => undefined,
  };
});

siteTagsContract('Elastic Load Balancing', onStandIn);

async function onStandIn() {
  const standIn = await startAwsStandIn();
  const arns: Readonly<Record<string, string>> = loadBalancers;
  for (const [site, arn] of Object.entries(arns)) {
    standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9, tags: { Name: 'x', site } });
  }
  const gateway = createSiteTagsGateway({ loadBalancers, client: clientOf(standIn.url) });
  return {
    standIn,
    gateway,
    tag: (site: string, as: string | undefined) =>
      standIn.changeLoadBalancer(arns[site] as string, { tags: { Name: 'x', ...(as !== undefined && { site: as }) } }),
    close: async () => {
      gateway.close();
      await standIn.close();
    },
  };
}

describe('Elastic Load Balancing, on the wire', () => {
  it('is asked in batches of twenty, each in the region of its load balancers', async () => {
    const standIn = await startAwsStandIn();
    const many = Object.fromEntries(
      Array.from({ length: 45 }, (_, index) => {
        const region = index < 42 ? 'eu-west-1' : 'us-east-1';
        const arn = `arn:aws:elasticloadbalancing:${region}:111122223333:loadbalancer/net/lb-${index}/0123456789abcdef`;
        return [`site-${index}`, arn];
      }),
    );
    for (const [site, arn] of Object.entries(many)) {
      standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9, tags: { site } });
    }
    const gateway = createSiteTagsGateway({ loadBalancers: many, client: clientOf(standIn.url) });

    const tags = await gateway.readSiteTags(noHurry());

    expect(tags).toEqual(Object.fromEntries(Object.keys(many).map((site) => [site, { site }])));
    expect(standIn.journal.of('DescribeTags')).toHaveLength(4);
    gateway.close();
    await standIn.close();
  });

  it('one load balancer that is not there hides no other', async () => {
    const { standIn, gateway, close } = await onStandIn();
    const missing = loadBalancers['site-b'].replace('/site-b/', '/gone/');
    const both = createSiteTagsGateway({
      loadBalancers: { 'site-a': loadBalancers['site-a'], 'site-b': missing },
      client: clientOf(standIn.url),
    });

    await expect(both.readSiteTags(noHurry())).resolves.toEqual({
      'site-a': { site: 'site-a' },
      'site-b': { unknown: 'there is no such load balancer' },
    });
    both.close();
    gateway.close();
    await close();
  });

  it.each<[string, FaultSpec, RegExp, number]>([
    ['a denial, which is not repeated', { kind: 'accessDenied' }, /allow elasticloadbalancing:DescribeTags/, 1],
    ['a throttle', { kind: 'throttle' }, /answered 400 Throttling/, 2],
    ['an error of its own', { kind: 'internalError' }, /answered 500 /, 2],
    ['a 503 that is HTML', { kind: 'unavailable' }, /answered 503 |cannot be understood/, 2],
    ['a reset', { kind: 'resetBeforeApplying' }, /connection .* failed: ECONNRESET/, 2],
  ])('%s is told, and is no failure', async (_, fault, reason, calls) => {
    const { standIn, gateway, close } = await onStandIn();
    standIn.faults.inject(fault, { times: Infinity });

    const tags = await gateway.readSiteTags(noHurry());

    expect(tags['site-a']).toEqual({ unknown: expect.stringMatching(reason) });
    expect(standIn.journal.of('DescribeTags')).toHaveLength(calls);
    await close();
  });

  it('is never asked by a fence: an endpoint is removed while it denies everything, tagged or not', async () => {
    const pair = await awsPair();
    pair.standIn.faults.inject({ kind: 'accessDenied' }, { operation: 'DescribeTags', times: Infinity });
    const [group] = await pair.gateway.readGroups(noHurry());
    const target = { groupArn: group?.arn ?? '', site: 'site-b' };

    await pair.gateway.removeEndpoint(target, { commandId: 'pair-1/1/1', signal: noHurry() });

    const after = await pair.gateway.readGroup(target.groupArn, noHurry());
    expect(after.endpoints.map(({ site }) => site)).toEqual(['site-a']);
    expect(pair.standIn.journal.of('DescribeTags')).toEqual([]);
    await pair.close();
  });
});

describe("Elastic Load Balancing's answers, when they are not what they should be", () => {
  const [arn] = Object.values(loadBalancers) as [string];
  const xml = (result: string) => ({
    headers: { 'content-type': 'text/xml' },
    body: `<DescribeTagsResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTagsResult>${result}</DescribeTagsResult></DescribeTagsResponse>`,
  });

  it.each<[string, ReturnType<Script>, RegExp]>([
    ['nothing at all', xml(''), /cannot be understood/],
    ['another load balancer', xml(described(`${arn}x`, 'site-a')), /leaves it out/],
    ['text that is not XML', { body: 'maintenance' }, /cannot be understood|answered 200/],
    ['no answer', 'hang', /did not answer in time/],
  ])('%s is unknown, not "untagged"', async (_, answer, reason) => {
    const server = await scriptedServer(() => answer);
    const gateway = createSiteTagsGateway({ loadBalancers: { 'site-a': arn }, client: clientOf(server.url) });

    const { 'site-a': tag } = await gateway.readSiteTags(AbortSignal.timeout(500));

    expect(tag).toEqual({ unknown: expect.stringMatching(reason) });
    gateway.close();
    await server.close();
  });

  it('a load balancer that has tags, but none named site, is untagged', async () => {
    const server = await scriptedServer(() => xml(described(arn, undefined)));
    const gateway = createSiteTagsGateway({ loadBalancers: { 'site-a': arn }, client: clientOf(server.url) });

    await expect(gateway.readSiteTags(noHurry())).resolves.toEqual({ 'site-a': 'untagged' });
    gateway.close();
    await server.close();
  });
});

function described(arn: string, site: string | undefined): string {
  const tag = site === undefined ? '' : `<member><Key>site</Key><Value>${site}</Value></member>`;
  return `<TagDescriptions><member><ResourceArn>${arn}</ResourceArn><Tags>${tag}</Tags></member></TagDescriptions>`;
}
