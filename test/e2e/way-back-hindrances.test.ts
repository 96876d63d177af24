/**
 * The way back on real parts, hindered by other things than the link: writes that arrive late, pushes that lie or fail, load
 * balancers that are gone or sick, people who end a run. One lab serves all of them; each test begins where the one before
 * it left the pair.
 */
import { differences, loadEntries } from '../../lab/entries';
import { labCaches } from '../../lab/infinispan';
import { labSites } from '../../lab/sites';
import { labPair } from '../../lab/sitewarden-config';
import { DisturbedLab } from '../support/disturbed-lab';
import type { FrontRequest } from '../support/infinispan-front';
import { WayBack, type Asked } from '../support/way-back';

const entriesPerCache = 150;

const clears = ({ path }: FrontRequest) => path.includes('action=clear') && !path.includes('x-site');
const starts = ({ path }: FrontRequest) => path.includes('action=start-push-state');

describe('the way back, hindered', () => {
  let day: DisturbedLab;
  let wayBack: WayBack;
  beforeAll(async () => {
    day = await DisturbedLab.start({
      infinispan: { lateDeliveryMs: 60_000 },
      policy: { soakSeconds: 1, healthyWithinSeconds: 8 },
    });
    wayBack = new WayBack(day);
    await loadEntries(rest('site-a'), { perCache: entriesPerCache });
    await day.first.start();
  });
  afterAll(() => day?.close());
  beforeEach(() => {
    for (const front of Object.values(day.fronts)) front.requests.length = 0;
  });

  const rest = (site: 'site-a' | 'site-b') => day.lab.infinispan.sites[site].rest;
  const siteB = () => day.lab.aws.loadBalancers['site-b'];

  async function fence(whileCut: () => Promise<void> = async () => {}): Promise<void> {
    await whileCut();
    await day.cut();
    await day.alert('site-a');
    await day.untilFenced();
  }

  async function splitAndHeal(whileCut?: () => Promise<void>): Promise<Asked> {
    await fence(whileCut);
    await day.lab.link.heal();
    return wayBack.untilAsked('synchronize');
  }

  /** As somebody at a terminal, without the API. */
  async function command(...words: string[]): Promise<void> {
    const { exitCode, stdout, stderr } = await day.lab.cli(...words, '--reason', 'a test');
    if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stdout}${stderr}`);
  }

  const synchronized = (gates = ['synchronize'] as const) =>
    wayBack.approveUntil('the site synchronized', ({ phase }) => phase === 'synchronized', gates);

  async function expectWhole(): Promise<void> {
    expect(await differences(day.lab.infinispan)).toEqual([]);
    expect(day.endpointSites()).toEqual([...labSites]);
    const backups = [...(await wayBack.backups('site-a')), ...(await wayBack.backups('site-b'))];
    expect(backups).toEqual([...labCaches, ...labCaches].map(() => 'online'));
  }

  it('a write that was begun before the cut was noticed, and refused, arrives at the stale site after the heal: it does not survive', async () => {
    let refused = 0;
    await fence(async () => {
      await day.lab.link.cut();
      refused = await rest('site-a').put('work', 'zombie', 'refused');
    });
    await day.lab.link.heal();
    const arrived = async () => (await rest('site-b').get('work', 'zombie')) !== undefined;
    await day.lab.until(arrived, { what: 'it arrives', withinSeconds: 60 });
    const onKeptSite = await rest('site-a').get('work', 'zombie');
    const { discards } = await wayBack.untilAsked('synchronize', (asked) => (asked.discards ?? 0) > 0);
    await synchronized();

    expect([refused, onKeptSite, discards]).toEqual([500, undefined, 1]);
    expect(await rest('site-b').get('work', 'zombie')).toBeUndefined();
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  it('a run is aborted while it is asked whether the site may come online: the next one brings it back from there, without clearing it again', async () => {
    await wayBack.untilAsked('siteOnline');
    await command('abort', labPair);
    const ended = await wayBack.untilEnded();
    const serving = day.endpointSites();

    await command('site-online', labPair, '--site', 'site-b');
    await wayBack.approve(await wayBack.untilAsked('siteOnline'));
    const result = await wayBack.untilEnded();

    expect(ended.outcome).toBe('aborted');
    expect(serving).toEqual(['site-a']);
    expect(result.outcome).toBe('siteOnline');
    expect(result.incident).not.toBe(ended.incident);
    expect(day.fronts['site-b'].requests.filter(clears)).toEqual([]);
    expect(day.fronts['site-a'].requests.filter(starts)).toEqual([]);
    await expectWhole();
  });

  it('a run is aborted while it is asked whether to synchronize: the site stays fenced, and the next run asks about what is there by then', async () => {
    const asked = await splitAndHeal();
    await command('abort', labPair);
    const { outcome } = await wayBack.untilEnded();
    const left = {
      serving: day.endpointSites(),
      a: await wayBack.backups('site-a'),
      b: await wayBack.backups('site-b'),
    };
    await rest('site-b').put('work', 'written after the abort', 'value');

    await command('synchronize', labPair);
    const again = await wayBack.untilAsked('synchronize');

    const offline = labCaches.map(() => 'offline');
    expect(outcome).toBe('aborted');
    expect(left).toEqual({ serving: ['site-a'], a: offline, b: offline });
    expect(day.fronts['site-b'].requests.filter(clears)).toEqual([]);
    expect(again.plan).not.toBe(asked.plan);
    expect(again.discards).toBe((asked.discards ?? 0) + 1);
  });

  it('a push that ends OK and left a part out is found by the comparison: the site is emptied and filled again under the same approval', async () => {
    await day.lab.link.slow(100);
    await wayBack.approve(await wayBack.untilAsked('synchronize'));
    await untilPushing('work');

    const path = '/caches/work/x-site/backups/site-a?action=cancel-receive-state';
    const { status } = await rest('site-b').ask('POST', path, { timeoutMs: 10_000 });
    await day.lab.link.heal();
    const { timeline, synchronization } = await synchronized();

    expect(status).toBe(200);
    expect(timeline.map(({ what }) => what)).toContainEqual(
      expect.stringContaining('keys of site-b are wrong, or more are missing'),
    );
    expect(synchronization?.pushStarts.length).toBeGreaterThan(1);
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  it('the load balancer is gone when the site is to be added: Blocked with the way out; once it is there again, `retry` brings the site online', async () => {
    day.standIn.changeLoadBalancer(siteB(), { state: 'failed' });
    await wayBack.approve(await wayBack.untilAsked('siteOnline'));
    const { next } = await day.untilRun('blocked', (run) => run.next?.kind === 'blocked');
    const serving = day.endpointSites();

    day.standIn.changeLoadBalancer(siteB(), { state: 'active' });
    await command('retry', labPair);
    const { outcome } = await wayBack.untilEnded();

    expect(next).toMatchObject({ type: 'TrafficRejected', can: ['retry', 'confirm', 'abort'] });
    expect(serving).toEqual(['site-a']);
    expect(outcome).toBe('siteOnline');
    await expectWhole();
  });

  it('a cache is removed from the stale site in the middle of its push, which ends as ERROR, the others well: Blocked with the reason; made anew, it alone is pushed again', async () => {
    await rest('site-a').put('loginFailures', 'of one cache', 'value');
    await splitAndHeal();
    await day.lab.link.slow(100);
    await wayBack.approve(await wayBack.untilAsked('synchronize'));
    await untilPushing('loginFailures');

    await rest('site-b').ask('DELETE', '/caches/loginFailures', { timeoutMs: 10_000 });
    const failed = async () => (await statusOf('loginFailures')) === 'ERROR';
    await day.lab.until(failed, { what: 'the push of loginFailures has failed', withinSeconds: 60, everyMs: 50 });
    await day.lab.link.heal();
    const { next } = await day.untilRun('blocked', (run) => run.next?.kind === 'blocked');
    const made = await rest('site-b').ask('POST', '/caches/loginFailures?template=kept', { timeoutMs: 10_000 });
    await command('retry', labPair);
    const run = await synchronized();

    expect(next).toMatchObject({ type: 'InfinispanNotFound', message: expect.stringContaining('loginFailures') });
    expect(made.status).toBe(200);
    expect(run.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    const pushed = (cache: string) =>
      day.fronts['site-a'].requests.filter((request) => starts(request) && request.path.includes(`/${cache}/`)).length;
    expect([pushed('loginFailures'), pushed('work')]).toEqual([2, 1]);
    expect(await rest('site-b').get('loginFailures', 'of one cache')).toBe('value');
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  it('the site stays unhealthy after it was added: it is taken out again; healthy again, it comes online by a further decision', async () => {
    day.standIn.setHealth(siteB(), 'UNHEALTHY');
    const first = await wayBack.untilAsked('siteOnline');
    await wayBack.approve(first);
    const { next } = await day.untilRun('blocked', (run) => run.next?.kind === 'blocked');
    const serving = day.endpointSites();

    day.standIn.setHealth(siteB(), 'probed');
    await command('retry', labPair);
    const second = await wayBack.untilAsked('siteOnline', ({ plan }) => plan !== first.plan);
    const servingBefore = day.endpointSites();
    await wayBack.approve(second);
    const { outcome } = await wayBack.untilEnded();

    expect(next).toMatchObject({ type: 'EndpointUnhealthy', can: ['retry', 'abort'] });
    expect([serving, servingBefore]).toEqual([['site-a'], ['site-a']]);
    expect(outcome).toBe('siteOnline');
    await expectWhole();
  });

  async function untilPushing(cache: string): Promise<void> {
    const some = async () => {
      const size = await rest('site-b').size(cache);
      return (await statusOf(cache)) === 'SENDING' && size > 0 && size < entriesPerCache / 2;
    };
    await day.lab.until(some, { what: `a part of ${cache} on site-b`, withinSeconds: 60, everyMs: 20 });
  }

  async function statusOf(cache: string): Promise<string | undefined> {
    const { text } = await rest('site-a').ask('GET', `/caches/${cache}/x-site/backups/?action=push-state-status`);
    return (JSON.parse(text) as Record<string, string>)['site-b'];
  }
});
