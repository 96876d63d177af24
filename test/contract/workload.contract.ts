import type { Sending, WorkloadGateway } from '../../gateways/ports';
import { failureOf, noHurry } from '../support/outcome';

/** A site's application, and the commands that stop and start it. */
export interface WorkloadTwin {
  gateway: WorkloadGateway;
  /** Makes the next command of this kind end as a failure. */
  failNext(call: 'stop' | 'start' | 'readState'): void;
  close(): Promise<void>;
}

/** What every driver of a site's application does. */
export function workloadContract(name: string, start: () => Promise<WorkloadTwin>): void {
  describe(`workload: ${name}`, () => {
    let twin: WorkloadTwin;
    let commands = 0;
    const sending = (signal = noHurry()): Sending => ({ commandId: `incident/1/${(commands += 1)}`, signal });

    beforeEach(async () => {
      twin = await start();
    });

    afterEach(() => twin.close());

    it('stops and starts the application, as the state tells afterwards', async () => {
      await expect(twin.gateway.start(sending())).resolves.toBe('started');
      await expect(twin.gateway.readState(noHurry())).resolves.toBe('running');
      await expect(twin.gateway.stop(sending())).resolves.toBe('stopped');
      await expect(twin.gateway.readState(noHurry())).resolves.toBe('stopped');
    });

    it('takes a repeat for success', async () => {
      for (const call of ['stop', 'stop', 'start', 'start'] as const) {
        await expect(twin.gateway[call](sending())).resolves.not.toBe('');
      }

      await expect(twin.gateway.readState(noHurry())).resolves.toBe('running');
    });

    it.each(['stop', 'start', 'readState'] as const)(
      'lets a failed command fail, and the next one succeed: %s',
      async (call) => {
        const run = () => (call === 'readState' ? twin.gateway.readState(noHurry()) : twin.gateway[call](sending()));
        twin.failNext(call);

        expect(await failureOf(run())).toMatchObject({ type: 'WorkloadFailed', retryable: true });
        await expect(run()).resolves.not.toBe('');
      },
    );

    it('begins nothing when the time is up', async () => {
      await twin.gateway.start(sending());

      const failure = await failureOf(twin.gateway.stop(sending(AbortSignal.abort())));

      expect(failure).toMatchObject({ type: 'WorkloadTimedOut', retryable: true });
      await expect(twin.gateway.readState(noHurry())).resolves.toBe('running');
    });
  });
}

/** What a driver does whose commands tell nothing of the state, and which has no other way to know. */
export function untoldStateContract(name: string, gateway: () => WorkloadGateway): void {
  it(`workload: ${name}: does not know the state where no command tells it`, async () => {
    const failure = await failureOf(gateway().readState(noHurry()));

    expect(failure).toMatchObject({ type: 'NotObserved', retryable: false });
  });
}
