import { lookOf } from '../../domain/isolation';
import type { NetworkGateway } from '../../gateways/ports';
import { noHurry } from '../support/outcome';

/** Two targets of the network around a site. */
export interface NetworkTwin {
  gateway: NetworkGateway;
  targets: readonly [string, string];
  /** The target answers nobody from now on; or again. */
  silence(target: string, silent: boolean): Promise<void>;
  /** Takes away what probes are carried out with. */
  hinder(): Promise<void>;
  close(): Promise<void>;
}

/** What every network check does. */
export function networkContract(name: string, start: () => Promise<NetworkTwin>): void {
  describe(`network: ${name}`, () => {
    let twin: NetworkTwin;
    const look = async () => lookOf(await twin.gateway.probe(noHurry()));

    beforeEach(async () => {
      twin = await start();
    });
    afterEach(() => twin.close());

    it('reaches what answers, and names each target', async () => {
      const probes = await twin.gateway.probe(noHurry());

      expect(probes.map(({ target, outcome }) => [target, outcome])).toEqual(
        twin.targets.map((target) => [target, 'reached']),
      );
      await expect(twin.gateway.readObstacles(noHurry())).resolves.toEqual([]);
    });

    it('takes any success for connected, and only the silence of all for isolated', async () => {
      await twin.silence(twin.targets[0], true);
      expect(await look()).toBe('connected');
      await twin.silence(twin.targets[1], true);
      expect(await look()).toBe('isolated');
      // Nothing hinders who asks: the network is away.
      expect(await twin.gateway.readObstacles(noHurry())).toEqual([]);
      await twin.silence(twin.targets[0], false);
      expect(await look()).toBe('connected');
    });

    it('says why a target is silent', async () => {
      await twin.silence(twin.targets[0], true);

      const [probe] = await twin.gateway.probe(noHurry());

      expect(probe).toMatchObject({ outcome: 'silent', says: expect.stringMatching(/\S/) as string });
    });

    it('proves nothing when nothing can be asked, and says what to do', async () => {
      await twin.hinder();

      expect(await look()).toBe('unknown');
      expect((await twin.gateway.readObstacles(noHurry())).join()).toMatch(/\S/);
    });
  });
}
