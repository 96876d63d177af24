import type { HealthGateway } from '../../gateways/ports';
import { failureOf, noHurry } from '../support/outcome';

/** A site whose application answers its health URL. */
export interface HealthTwin {
  gateway: HealthGateway;
  setApplication(up: boolean): void;
  /** The whole site is gone. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** What every health URL does. */
export function healthContract(name: string, start: () => Promise<HealthTwin>): void {
  describe(`health: ${name}`, () => {
    let twin: HealthTwin;

    beforeEach(async () => {
      twin = await start();
    });

    afterEach(() => twin.close());

    it('answers 200, and the status that the site gives without its application', async () => {
      await expect(twin.gateway.probe(noHurry())).resolves.toBe(200);
      twin.setApplication(false);
      await expect(twin.gateway.probe(noHurry())).resolves.toBe(503);
      twin.setApplication(true);
      await expect(twin.gateway.probe(noHurry())).resolves.toBe(200);
    });

    it('is unreachable when the site is gone', async () => {
      await twin.stop();

      const failure = await failureOf(twin.gateway.probe(noHurry()));

      expect(failure).toMatchObject({ type: 'HealthUnreachable', retryable: true });
    });

    it('is unreachable when the time is up', async () => {
      const failure = await failureOf(twin.gateway.probe(AbortSignal.abort()));

      expect(failure).toMatchObject({ type: 'HealthUnreachable', retryable: true });
    });
  });
}
