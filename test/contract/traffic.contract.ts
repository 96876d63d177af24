import type { EndpointHealth, EndpointGroup } from '../../domain/observation';
import type { SiteName } from '../../domain/site-pair';
import type { TrafficGateway } from '../../gateways/ports';
import { failureOf, noHurry } from '../support/outcome';

/** A traffic director with two groups: the first holds both sites, the second site-b and an endpoint of others. */
export interface TrafficTwin {
  gateway: TrafficGateway;
  setHealth(site: SiteName, health: EndpointHealth): void;
  removedByOthers(groupArn: string, site: SiteName): void;
  addedByOthers(groupArn: string, site: SiteName): void;
  /** Command ids of the mutating calls, as they arrived at the other side. */
  commandIds(): string[];
  close(): Promise<void>;
}

/** What every traffic director does; deployments last a minute in the world that `start` makes. */
export function trafficContract(name: string, start: () => Promise<TrafficTwin>): void {
  describe(`traffic: ${name}`, () => {
    let twin: TrafficTwin;
    let gateway: TrafficGateway;
    let first: string;
    let second: string;

    const sending = (commandId = 'pair-1/1/1') => ({ commandId, signal: noHurry() });
    const settings = { weight: 77, clientIpPreservation: false };

    beforeEach(async () => {
      twin = await start();
      gateway = twin.gateway;
      [first, second] = (await gateway.readGroups(noHurry())).map((group) => group.arn) as [string, string];
    });

    afterEach(() => twin.close());

    it('reads every group with its endpoints, and tells whose they are', async () => {
      const groups = await gateway.readGroups(noHurry());

      expect(groups.map(sitesOf)).toEqual([['site-a', 'site-b'], ['site-b']]);
      expect(groups.map((group) => group.dial)).toEqual([100, 40]);
      expect(groups[0]?.endpoints[0]).toEqual({
        site: 'site-a',
        endpointId: expect.stringContaining('loadbalancer/net/site-a/'),
        weight: 128,
        health: 'HEALTHY',
        clientIpPreservation: false,
      });
    });

    it('reads one group as it reads all', async () => {
      const [group] = await gateway.readGroups(noHurry());

      await expect(gateway.readGroup(first, noHurry())).resolves.toEqual(group);
    });

    it('reads health as it is now', async () => {
      twin.setHealth('site-b', 'UNHEALTHY');

      const group = await gateway.readGroup(second, noHurry());

      expect(group.endpoints.find(({ site }) => site === 'site-b')?.health).toBe('UNHEALTHY');
    });

    it('is deployed until something changes, then in progress', async () => {
      await expect(gateway.readStatus(noHurry())).resolves.toBe('DEPLOYED');

      await gateway.removeEndpoint({ groupArn: first, site: 'site-b' }, sending());

      await expect(gateway.readStatus(noHurry())).resolves.toBe('IN_PROGRESS');
    });

    it('removes one endpoint of one group and leaves the others', async () => {
      await gateway.removeEndpoint({ groupArn: first, site: 'site-b' }, sending());

      expect((await gateway.readGroups(noHurry())).map(sitesOf)).toEqual([['site-a'], ['site-b']]);
    });

    it('a site in the groups of two listeners is read in both, and out when it is removed from both', async () => {
      const holding = async () =>
        (await gateway.readGroups(noHurry()))
          .filter((group) => sitesOf(group).includes('site-b'))
          .map(({ arn }) => arn);
      await expect(holding()).resolves.toEqual([first, second]);

      await gateway.removeEndpoint({ groupArn: first, site: 'site-b' }, sending());
      await expect(holding()).resolves.toEqual([second]);
      await gateway.removeEndpoint({ groupArn: second, site: 'site-b' }, sending());
      await expect(holding()).resolves.toEqual([]);
    });

    it("goes on reading a group after its last site's endpoint is gone", async () => {
      await gateway.removeEndpoint({ groupArn: second, site: 'site-b' }, sending());

      const groups = await gateway.readGroups(noHurry());

      expect(groups.map((group) => group.arn)).toEqual([first, second]);
      expect(groups.map(sitesOf)).toEqual([['site-a', 'site-b'], []]);
    });

    it('removing what is absent is success', async () => {
      await gateway.removeEndpoint({ groupArn: first, site: 'site-b' }, sending());
      await gateway.removeEndpoint({ groupArn: first, site: 'site-b' }, sending());

      expect(sitesOf(await gateway.readGroup(first, noHurry()))).toEqual(['site-a']);
    });

    it.each([0, 1, 255])('adds an endpoint with the settings that are told, weight %i', async (weight) => {
      await gateway.removeEndpoint({ groupArn: first, site: 'site-b' }, sending());
      await gateway.addEndpoint({ groupArn: first, site: 'site-b', settings: { ...settings, weight } }, sending());

      const group = await gateway.readGroup(first, noHurry());

      expect(sitesOf(group)).toEqual(['site-a', 'site-b']);
      expect(group.endpoints.find(({ site }) => site === 'site-b')).toMatchObject({
        weight,
        clientIpPreservation: false,
      });
    });

    it('adding what is present is success, and changes nothing', async () => {
      const before = await gateway.readGroup(first, noHurry());

      await gateway.addEndpoint({ groupArn: first, site: 'site-b', settings }, sending());

      await expect(gateway.readGroup(first, noHurry())).resolves.toEqual(before);
    });

    it('sees what others remove and add', async () => {
      twin.removedByOthers(first, 'site-b');
      expect(sitesOf(await gateway.readGroup(first, noHurry()))).toEqual(['site-a']);

      twin.addedByOthers(first, 'site-b');
      expect(sitesOf(await gateway.readGroup(first, noHurry()))).toEqual(['site-a', 'site-b']);
    });

    it('names the command in every mutating call', async () => {
      await gateway.removeEndpoint({ groupArn: first, site: 'site-b' }, sending('pair-20260101T0000Z-ab12/1/3'));
      await gateway.addEndpoint({ groupArn: first, site: 'site-b', settings }, sending('pair-20260101T0000Z-ab12/2/9'));

      expect(twin.commandIds()).toEqual(['pair-20260101T0000Z-ab12/1/3', 'pair-20260101T0000Z-ab12/2/9']);
    });

    it('knows no group that is not there', async () => {
      const groupArn = first.replace(/[^/]+$/, 'ffffffffffff');
      const target = { groupArn, site: 'site-b' };

      for (const failure of await Promise.all(
        [
          gateway.readGroup(groupArn, noHurry()),
          gateway.removeEndpoint(target, sending()),
          gateway.addEndpoint({ ...target, settings }, sending()),
        ].map(failureOf),
      )) {
        expect(failure).toMatchObject({ type: 'TrafficNotFound', retryable: false });
      }
    });

    it('an ended signal fails everything and changes nothing', async () => {
      const signal = AbortSignal.abort();
      const target = { groupArn: first, site: 'site-b' };

      for (const failure of await Promise.all(
        [
          gateway.readStatus(signal),
          gateway.readGroups(signal),
          gateway.readGroup(first, signal),
          gateway.removeEndpoint(target, { commandId: 'x', signal }),
          gateway.addEndpoint({ ...target, settings }, { commandId: 'x', signal }),
        ].map(failureOf),
      )) {
        expect(failure).toMatchObject({ type: 'TrafficUnreachable', retryable: true });
      }
      expect(twin.commandIds()).toEqual([]);
    });
  });
}

function sitesOf(group: EndpointGroup): SiteName[] {
  return group.endpoints.flatMap(({ site }) => site ?? []);
}
