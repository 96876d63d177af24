import type { ObserverGateway } from '../../gateways/ports';
import type { Standing } from '../support/fake-observer';
import type { FakeWorld } from '../support/fake-world';
import { failureOf, noHurry } from '../support/outcome';

/** An observer that looks at a fake world. */
export interface ObserverTwin {
  gateway: ObserverGateway;
  world: FakeWorld;
  /** May be changed while it runs. */
  standing: Standing;
  /** Takes no question any more. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** What asking any observer does. */
export function observerContract(name: string, start: () => Promise<ObserverTwin>): void {
  describe(`observer: ${name}`, () => {
    let twin: ObserverTwin;

    beforeEach(async () => {
      twin = await start();
    });

    afterEach(() => twin.close());

    it('tells of both sites what it sees now', async () => {
      const whole = await twin.gateway.see(noHurry());
      twin.world.cut();
      const split = await twin.gateway.see(noHurry());

      expect(whole.sites).toMatchObject({
        'site-a': { health: { value: 200 }, view: { value: { localSite: 'site-a', sitesView: ['site-a', 'site-b'] } } },
        'site-b': { health: { value: 200 }, view: { value: { localSite: 'site-b' } } },
      });
      expect(split.sites['site-a']?.view).toMatchObject({ value: { sitesView: ['site-a'] } });
      expect(split.seenAt).toBeGreaterThanOrEqual(whole.seenAt);
    });

    it('tells what it could not see as unknown, with the reason, and the rest all the same', async () => {
      twin.standing.cutFrom = ['site-b'];

      const { sites, accelerator, network } = await twin.gateway.see(noHurry());

      expect(sites['site-b']).toMatchObject({
        health: { unknown: 'HealthUnreachable' },
        view: { unknown: 'InfinispanUnreachable' },
      });
      expect(sites['site-a']).toMatchObject({ health: { value: 200 } });
      expect([accelerator, network]).toMatchObject([{ unknown: 'NotObserved' }, { unknown: 'NotObserved' }]);
    });

    it('is silent when it is gone', async () => {
      await twin.leave();

      const failure = await failureOf(twin.gateway.see(AbortSignal.timeout(2_000)));

      expect(failure).toMatchObject({ type: 'ObserverSilent', retryable: true });
    });

    it('is silent when it answers after the time is up', async () => {
      twin.standing.slowMs = 700;

      const failure = await failureOf(twin.gateway.see(AbortSignal.timeout(300)));

      expect(failure).toMatchObject({ type: 'ObserverSilent', retryable: true });
    });

    it.each([
      ['nothing', () => undefined],
      [
        'of one site only',
        ({ sites, ...saw }: { sites: object }) => ({ ...saw, sites: { ...sites, 'site-b': undefined } }),
      ],
    ])('tells %s: that is no sighting', async (_, tells) => {
      twin.standing.tells = tells;

      const failure = await failureOf(twin.gateway.see(noHurry()));

      expect(failure).toMatchObject({ type: 'ObserverAnswerUnreadable', retryable: false });
    });

    it.each([
      ['that is a minute old', -60_000],
      ['from a minute ahead', 60_000],
    ])('tells something %s: that is not about now', async (_, apartMs) => {
      twin.standing.tells = (saw) => ({ ...saw, seenAt: saw.seenAt + apartMs });

      const failure = await failureOf(twin.gateway.see(noHurry()));

      expect(failure).toMatchObject({ type: 'ObserverOutOfDate' });
    });
  });
}
