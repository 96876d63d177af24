import type { FenceDeviceGateway, Sending } from '../../gateways/ports';
import { failureOf, noHurry } from '../support/outcome';

/** What cuts a site off. */
export interface FenceDeviceTwin {
  gateway: FenceDeviceGateway;
  /** Somebody else switches it, by the device itself. */
  switchTo(state: 'on' | 'off'): Promise<void> | void;
  /** From now on commands have no effect; absent of a device that cannot be made so. */
  hasNoEffect?: () => void;
  close(): Promise<void>;
}

/** What every driver of a fence device does. */
export function fenceDeviceContract(
  name: string,
  start: () => Promise<FenceDeviceTwin>,
  { mayLackEffect = true }: { mayLackEffect?: boolean } = {},
): void {
  describe(`fence device: ${name}`, () => {
    let twin: FenceDeviceTwin;
    let commands = 0;
    const sending = (signal = noHurry()): Sending => ({ commandId: `incident/1/${(commands += 1)}`, signal });
    const state = async () => (await twin.gateway.readState(noHurry())).state;

    beforeEach(async () => {
      twin = await start();
    });
    afterEach(() => twin.close());

    it('switches off and on, and says so itself', async () => {
      expect(await state()).toBe('on');
      await expect(twin.gateway.off(sending())).resolves.toContain('site-b is off');
      expect(await state()).toBe('off');
      await expect(twin.gateway.on(sending())).resolves.toContain('site-b is on');
      expect(await state()).toBe('on');
    });

    it('takes a repeat for success', async () => {
      for (const action of ['off', 'off', 'on', 'on'] as const) await twin.gateway[action](sending());

      expect(await state()).toBe('on');
    });

    it('says what it was asked and when', async () => {
      const before = Date.now();

      const { at } = await twin.gateway.readState(noHurry());

      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(Date.now());
    });

    if (mayLackEffect) {
      it('fails where the command has no effect, whatever it ended with', async () => {
        twin.hasNoEffect?.();

        const failure = await failureOf(twin.gateway.off(sending()));

        expect(failure.type).toMatch(/^FenceDevice(NotConfirmed|Failed)$/);
        expect(await state()).toBe('on');
      });
    }

    it('begins nothing when the time is up', async () => {
      const failure = await failureOf(twin.gateway.off(sending(AbortSignal.abort())));

      expect(failure).toMatchObject({ type: 'FenceDeviceTimedOut', retryable: true });
      expect(await state()).toBe('on');
    });

    it('can do its work, and finds nothing wrong with its configuration', async () => {
      expect(await twin.gateway.check(noHurry())).toMatchObject({ faults: [] });
    });
  });
}
