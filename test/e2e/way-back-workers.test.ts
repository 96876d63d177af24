/**
 * Workers that are killed and frozen on the way back, on real parts: at each boundary a worker is ended with kill -9, and the
 * next one brings the site back, equal. `npm run test:soak` goes through all boundaries; otherwise a few of them, chosen by
 * SITEWARDEN_SEED.
 */
import { differences, loadEntries } from '../../lab/entries';
import { labSites } from '../../lab/sites';
import { chosen, isSoak } from '../support/chosen';
import { DisturbedLab } from '../support/disturbed-lab';
import type { FrontRequest, HoldWhen } from '../support/infinispan-front';
import { WayBack } from '../support/way-back';

if (isSoak) jest.setTimeout(300_000);

interface Held {
  release(): void;
}

describe('a worker on the way back', () => {
  let day: DisturbedLab;
  let wayBack: WayBack;
  let journalBefore = 0;
  beforeAll(async () => {
    day = await DisturbedLab.start({ workload: 'exec', policy: { soakSeconds: 2 } });
    wayBack = new WayBack(day);
    await loadEntries(day.lab.infinispan.sites['site-a'].rest, { perCache: 100 });
  });
  afterAll(() => day?.close());

  beforeEach(async () => {
    await day.first.start();
    await day.cut();
    journalBefore = day.standIn.journal.latest;
    await day.alert('site-a');
    await day.untilFenced();
    await day.lab.link.heal();
  });

  async function expectTheSiteIsBack(): Promise<void> {
    const { outcome } = await wayBack.toTheEnd();
    expect(outcome).toBe('siteOnline');
    expect(await differences(day.lab.infinispan)).toEqual([]);
    expect(day.endpointSites()).toEqual([...labSites]);
    expect(day.departuresSince(journalBefore, 'site-b')).toBe(1);
    expect(day.departuresSince(journalBefore, 'site-a')).toBe(0);
  }

  /** Approves whatever is asked until that request has come. */
  async function untilHeld(site: 'site-a' | 'site-b', when: HoldWhen, words: string): Promise<Held> {
    const matches = ({ path }: FrontRequest) => words.split(' ').every((word) => path.includes(word));
    return reachedWhileApproving(day.fronts[site].hold(when, matches));
  }

  async function reachedWhileApproving<T extends Held & { reached: Promise<unknown> }>(held: T): Promise<T> {
    let reached = false;
    void held.reached.then(() => (reached = true));
    await wayBack.approveUntil('the boundary', () => reached);
    return held;
  }

  const addition = (kind: 'hold' | 'holdBeforeApplying') => {
    const added = day.standIn.faults.inject({ kind }, { operation: 'AddEndpoints' });
    return reachedWhileApproving({ reached: added.reached, release: () => added.release() });
  };

  const boundaries: [string, () => Promise<Held | void>][] = [
    ['while the sites are compared before anybody is asked', () => untilHeld('site-a', 'beforeForwarding', 'entries')],
    ['before a clear is applied', () => untilHeld('site-b', 'beforeForwarding', '/caches/ action=clear')],
    ['when a clear is applied and not answered', () => untilHeld('site-b', 'beforeAnswering', '/caches/ action=clear')],
    ['before a push is started', () => untilHeld('site-a', 'beforeForwarding', 'action=start-push-state')],
    [
      'when a push is started and not answered',
      () => untilHeld('site-a', 'beforeAnswering', 'action=start-push-state'),
    ],
    [
      'while the sites are compared after the push',
      async () => {
        await wayBack.approveUntil('the push', ({ phase }) => phase === 'pushing');
        return untilHeld('site-b', 'beforeForwarding', 'entries');
      },
    ],
    ['before site-b is attached again', () => untilHeld('site-b', 'beforeForwarding', 'action=bring-online')],
    [
      'when site-b is attached again and nobody knows',
      () => untilHeld('site-b', 'beforeAnswering', 'action=bring-online'),
    ],
    [
      'while it is asked whether the site may come online',
      async () => {
        await wayBack.approve(await wayBack.untilAsked('synchronize'));
        await wayBack.untilAsked('siteOnline');
      },
    ],
    ['when AWS has got the addition and not applied it', () => addition('holdBeforeApplying')],
    ['when the addition is applied and not answered', () => addition('hold')],
    [
      'in the soak',
      async () => {
        await wayBack.approveUntil('the soak', ({ phase }) => phase === 'soaking');
      },
    ],
  ];

  describe('is killed', () => {
    afterEach(() => day.first.kill());

    it.each(chosen(boundaries, 2))('%s: the next one brings the site back', async (_, reach) => {
      const held = await reach();

      await day.first.kill();
      held?.release();
      await day.first.start();

      await expectTheSiteIsBack();
    });
  });

  it('is frozen before the addition is sent, and thawed when the site was fenced anew by another one: it adds nothing', async () => {
    await wayBack.approve(await wayBack.untilAsked('synchronize'));
    const before = await day.untilRun('synchronized', ({ phase }) => phase === 'synchronized');
    await wayBack.approve(await wayBack.untilAsked('siteOnline'));
    await day.untilBegun('addEndpoint');
    day.first.freeze();
    day.road.dropConnections();
    day.road.slow(0);
    await day.lab.link.cut();
    await day.second.start();
    const run = await day.untilRun('fenced anew', ({ epoch, phase }) => epoch > before.epoch && phase === 'fenced');

    day.first.thaw();
    const refused = () => day.refusedBy('first', run.incident).length > 0;
    await day.lab.until(refused, { what: 'the thawed attempt has ended', withinSeconds: 60 });

    expect(day.callsSince(journalBefore, 'AddEndpoints')).toEqual([]);
    expect(day.endpointSites()).toEqual(['site-a']);
    await day.lab.link.heal();
    await expectTheSiteIsBack();
  });
});
