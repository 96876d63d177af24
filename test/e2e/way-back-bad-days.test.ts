/**
 * The way back on its bad days, on real parts: the link is cut again at every step, a site restarts or dies, somebody writes
 * where nobody should. One lab and mostly one run serve all of them: what is begun becomes void, and the run asks anew. Each
 * test begins where the run asks whether to synchronize.
 */
import { differences, entriesOn, loadEntries } from '../../lab/entries';
import { labCaches } from '../../lab/infinispan';
import { labPair } from '../../lab/sitewarden-config';
import { labSites } from '../../lab/sites';
import { DisturbedLab } from '../support/disturbed-lab';
import type { FrontRequest } from '../support/infinispan-front';
import { WayBack, type Asked } from '../support/way-back';

/** With the lab's small chunks and a slow link a push of so many takes seconds. */
const entriesPerCache = 150;
/** So long that a cut inside it is noticed inside it. */
const soakSeconds = 8;

const readsEntries = ({ path }: FrontRequest) => path.includes('action=entries');
const clears = ({ path }: FrontRequest) => path.includes('action=clear') && !path.includes('x-site');

describe('the way back on its bad days', () => {
  let day: DisturbedLab;
  let wayBack: WayBack;
  beforeAll(async () => {
    day = await DisturbedLab.start({ workload: 'exec', policy: { soakSeconds } });
    wayBack = new WayBack(day);
    await loadEntries(rest('site-a'), { perCache: entriesPerCache });
    await day.first.start();
  });
  afterAll(() => day?.close());

  const rest = (site: 'site-a' | 'site-b') => day.lab.infinispan.sites[site].rest;

  /** site-b is fenced, the link whole, and the run asks. */
  async function askedToSynchronize(): Promise<Asked> {
    const run = await day.status();
    if (run?.phase !== 'fenced') {
      await day.cut();
      if (!run) await day.alert('site-a');
      await wayBack.untilPhase('fenced');
    }
    await day.lab.link.heal();
    return wayBack.untilAsked('synchronize');
  }

  /** site-a serves alone again: it takes writes, replicates to nobody, and site-b is out and cannot write to it. */
  async function expectFencedAnew(before: { epoch: number }): Promise<void> {
    await wayBack.untilKeptSiteAccepts();
    const run = await day.untilRun('a proved fence of a later epoch', ({ provedSince, epoch }) => {
      return provedSince !== undefined && epoch > before.epoch;
    });
    expect(run.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(day.endpointSites()).toEqual(['site-a']);
    expect(await wayBack.backups('site-a')).toEqual(labCaches.map(() => 'offline'));
  }

  describe('the link is cut again: the kept site serves on, what was begun is void, and the run asks anew', () => {
    const moments: [string, (asked: Asked) => Promise<{ release(): void } | void>][] = [
      [
        'while the stale site is cleared',
        async (asked) => {
          const clear = day.fronts['site-b'].hold('beforeForwarding', clears);
          await wayBack.approve(asked);
          await clear.reached;
          return clear;
        },
      ],
      [
        'in the middle of the push',
        async (asked) => {
          await day.lab.link.slow(50);
          await wayBack.approve(asked);
          const half = (labCaches.length * entriesPerCache) / 2;
          const some = async () => {
            const { 'site-b': onB } = await entriesOn(day.lab.infinispan);
            return (await day.status())?.phase === 'pushing' && onB > 0 && onB < half;
          };
          await day.lab.until(some, { what: 'a part of the entries on site-b', withinSeconds: 60, everyMs: 50 });
        },
      ],
      [
        'between the push and the comparison',
        async (asked) => {
          const comparison = day.fronts['site-a'].hold('beforeForwarding', readsEntries);
          await wayBack.approve(asked);
          await comparison.reached;
          return comparison;
        },
      ],
      [
        'while it is asked whether the site may come online',
        async (asked) => {
          await wayBack.approve(asked);
          await wayBack.untilAsked('siteOnline');
        },
      ],
      [
        'under a hold',
        async (asked) => {
          await wayBack.approve(asked);
          await wayBack.untilAsked('siteOnline');
          await decide('hold');
        },
      ],
      [
        'when the site is added again, is not healthy yet, and the addition is not answered',
        async (asked) => {
          day.standIn.setHealth(day.lab.aws.loadBalancers['site-b'], 'INITIAL');
          const addition = day.standIn.faults.inject({ kind: 'hold' }, { operation: 'AddEndpoints' });
          await wayBack.approve(asked);
          await wayBack.approve(await wayBack.untilAsked('siteOnline'));
          await addition.reached;
          expect(day.endpointSites()).toEqual([...labSites]);
          return addition;
        },
      ],
      [
        'inside the soak',
        async (asked) => {
          await wayBack.approve(asked);
          await wayBack.approve(await wayBack.untilAsked('siteOnline'));
          await wayBack.untilPhase('soaking');
          expect(day.endpointSites()).toEqual([...labSites]);
        },
      ],
    ];

    it.each(moments)('%s', async (moment, reach) => {
      const asked = await askedToSynchronize();
      const held = await reach(asked);
      const before = (await day.status()) ?? { epoch: Infinity };

      await day.lab.link.cut();
      held?.release();

      await expectFencedAnew(before);
      day.standIn.setHealth(day.lab.aws.loadBalancers['site-b'], 'probed');
      const { held: byPerson, refenced } = await wayBack.untilPhase('fenced');
      expect([byPerson !== undefined, refenced !== undefined]).toEqual([
        moment === 'under a hold',
        moment === 'inside the soak',
      ]);
      if (byPerson ?? refenced) await decide('release');
      await day.lab.link.heal();
      const again = await wayBack.untilAsked('synchronize', ({ plan }) => plan !== asked.plan);
      const old = await wayBack.approve({ ...asked, plan: asked.plan });
      expect(again.plan).not.toBe(asked.plan);
      expect(old).toMatchObject({ outcome: 'refused', refusal: { code: 'PlanOutdated' } });
    });
  });

  it('the link is cut again while it is asked whether to synchronize: an approval begins nothing, and the run asks anew once it has healed', async () => {
    const asked = await askedToSynchronize();
    for (const front of Object.values(day.fronts)) front.requests.length = 0;

    await day.cut();
    await day.untilRun('no question', ({ next }) => next?.kind !== 'ask');
    const { outcome } = await wayBack.approve(asked);
    await wayBack.untilKeptSiteAccepts();
    const serving = day.endpointSites();
    await day.lab.link.heal();
    await wayBack.untilAsked('synchronize');

    expect(outcome).toBe('refused');
    expect(serving).toEqual(['site-a']);
    expect(await wayBack.backups('site-a')).toEqual(labCaches.map(() => 'offline'));
    expect(day.fronts['site-b'].requests.filter(clears)).toEqual([]);
  });

  it('the stale site is written to while the gate waits: the kept site is unharmed, and nothing of it stays', async () => {
    await rest('site-a').put('work', 'contested', 'of the survivor');
    await askedToSynchronize();

    const written = await rest('site-b').put('work', 'contested', 'of the stale site');
    const removed = await rest('site-b').remove('work', 'entry-1');
    const meanwhile = await Promise.all(['contested', 'entry-1'].map((key) => rest('site-a').get('work', key)));
    await wayBack.approveUntil('the site synchronized', ({ phase }) => phase === 'synchronized', ['synchronize']);

    expect([written, removed]).toEqual([204, 204]);
    expect(meanwhile).toEqual(['of the survivor', expect.stringContaining('work entry-1')]);
    expect(await rest('site-b').get('work', 'contested')).toBe('of the survivor');
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  it('the stale site restarts, empty and attached by its configuration, while the link is cut, and again while the gate waits: it is detached before anything is decided, and the kept site is unharmed', async () => {
    const { server } = day.lab.infinispan.sites['site-b'];
    const detached = () => wayBack.backups('site-b').then((backups) => backups.every((status) => status === 'offline'));
    const untilDetached = () =>
      day.lab.until(detached, { what: 'site-a is offline on site-b', withinSeconds: 60, everyMs: 100 });
    await askedToSynchronize();
    await day.cut();
    await wayBack.untilKeptSiteAccepts();
    const before = await entriesOn(day.lab.infinispan);

    await server.kill();
    await server.start();
    await untilDetached();
    await day.lab.link.heal();
    const afterTheFirst = await wayBack.untilAsked('synchronize');
    const shown = (await day.status())?.comparison?.caches;
    await server.kill();
    await server.start();
    await untilDetached();
    const written = await rest('site-b').put('work', 'contested', 'of the site that restarted');
    await wayBack.approveUntil('the site synchronized', ({ phase }) => phase === 'synchronized', ['synchronize']);

    expect(afterTheFirst.discards).toBe(0);
    expect(Object.values(shown ?? {}).map(({ staleEntries }) => staleEntries)).toEqual(labCaches.map(() => 0));
    expect(written).toBe(204);
    expect((await entriesOn(day.lab.infinispan))['site-a']).toBeGreaterThanOrEqual(before['site-a']);
    expect(await rest('site-a').get('work', 'contested')).not.toBe('of the site that restarted');
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  it("the stale site's server dies while it is cleared: nothing is lost on the kept one, and the run begins anew", async () => {
    const asked = await askedToSynchronize();
    const before = await entriesOn(day.lab.infinispan);
    const clear = day.fronts['site-b'].hold('beforeForwarding', clears);
    await wayBack.approve(asked);
    await clear.reached;

    await day.lab.infinispan.sites['site-b'].server.kill();
    clear.release();
    await day.lab.infinispan.sites['site-b'].server.start();
    await wayBack.approveUntil('the site synchronized', ({ phase }) => phase === 'synchronized', ['synchronize']);

    const after = await entriesOn(day.lab.infinispan);
    expect(after['site-a']).toBeGreaterThanOrEqual(before['site-a']);
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  it('the kept site restarts, empty, while the gate waits: the stale site is not cleared under the old plan, and the new one says so', async () => {
    const asked = await askedToSynchronize();
    const before = await entriesOn(day.lab.infinispan);
    for (const front of Object.values(day.fronts)) front.requests.length = 0;

    await day.lab.infinispan.sites['site-a'].server.kill();
    await wayBack.approve(asked);
    await day.lab.infinispan.sites['site-a'].server.start();
    const again = await wayBack.untilAsked('synchronize', ({ plan }) => plan !== asked.plan);
    const stale = await rest('site-b').entries('work');

    expect(before['site-b']).toBeGreaterThan(0);
    expect(again.question).toContain('site-a restarted');
    expect(again.discards).toBeGreaterThanOrEqual(entriesPerCache);
    expect(stale.size).toBeGreaterThanOrEqual(entriesPerCache);
    expect(day.fronts['site-b'].requests.filter(clears)).toEqual([]);
    expect((await wayBack.approve({ ...again, plan: asked.plan })).outcome).toBe('refused');
    expect((await wayBack.approve({ ...again, discards: 0 })).outcome).toBe('refused');
    const result = await wayBack.toTheEnd();
    expect(result.outcome).toBe('siteOnline');
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  function decide(kind: 'hold' | 'release') {
    return day.client.decide(labPair, { kind, by: 'a person', how: 'cli', reason: 'wait' }, `${kind}-${Date.now()}`);
  }
});
