import type { Sending, WorkloadGateway } from '../../gateways/ports';
import { until } from '../../lab/until';
import { failureOf, noHurry } from '../support/outcome';

/** A site's Keycloak with the realm `master` and one more, both in the hands of our service account. */
export interface KeycloakTwin {
  gateway: Required<WorkloadGateway>;
  /** The same Keycloak, asked with a secret that is not the client's. */
  withWrongSecret: WorkloadGateway;
  /** The same Keycloak, asked by a service account without a role. */
  withoutRoles: WorkloadGateway;
  realm: string;
  issuer: string;
  /** Disables a user in the database, in a way of which this Keycloak is not told. */
  disableUserUnheard(): Promise<void>;
  /** Whether that user can log in at this Keycloak. */
  userLogsIn(): Promise<boolean>;
  close(): Promise<void>;
}

/** What a Keycloak can do beside being stopped and started. One serves all tests, in their order. */
export function keycloakContract(name: string, start: () => Promise<KeycloakTwin>): void {
  describe(`Keycloak: ${name}`, () => {
    let twin: KeycloakTwin;
    const sending = (signal = noHurry()): Sending => ({ commandId: 'incident/1/8', signal });

    beforeAll(async () => {
      twin = await start();
    }, 300_000);

    afterAll(() => twin?.close());

    it('runs, and tells its version and who issues its tokens', async () => {
      await expect(twin.gateway.readState(noHurry())).resolves.toBe('running');
      await expect(twin.gateway.readServerInfo(noHurry())).resolves.toEqual({
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        issuer: twin.issuer,
      });
    });

    it('a refresh has it read anew what changed behind its back: a user who was disabled is refused then', async () => {
      await twin.disableUserUnheard();
      await expect(twin.userLogsIn()).resolves.toBe(true);

      const said = await twin.gateway.refresh(sending());

      expect(said).toMatch(/^2 realms: realm and user caches cleared \(.*\)$/);
      expect(said).toContain('master');
      expect(said).toContain(twin.realm);
      await expect(twin.userLogsIn()).resolves.toBe(false);
    }, 120_000);

    it('takes a repeated refresh for success', async () => {
      const once = await twin.gateway.refresh(sending());

      await expect(twin.gateway.refresh(sending())).resolves.toBe(once);
    });

    it('names what keeps it from being refreshed, and from telling its version', async () => {
      for (const [gateway, type] of [
        [twin.withWrongSecret, 'KeycloakUnauthorized'],
        [twin.withoutRoles, 'KeycloakDenied'],
      ] as const) {
        expect(await failureOf(gateway.refresh!(sending()))).toMatchObject({ type, retryable: false });
        expect(await failureOf(gateway.readServerInfo!(noHurry()))).toMatchObject({ type, retryable: false });
      }
    });

    it('begins nothing when the time is up', async () => {
      const late = AbortSignal.abort();

      for (const call of [twin.gateway.refresh(sending(late)), twin.gateway.readServerInfo(late)]) {
        expect(await failureOf(call)).toMatchObject({ type: 'KeycloakUnreachable', retryable: true });
      }
    });

    it('stopped it reads so and cannot be refreshed; started it runs and can be', async () => {
      await twin.gateway.stop(sending());
      await expect(twin.gateway.readState(noHurry())).resolves.toBe('stopped');
      expect(await failureOf(twin.gateway.refresh(sending()))).toMatchObject({
        type: 'KeycloakUnreachable',
        retryable: true,
      });

      await twin.gateway.start(sending());

      const refreshed = () => twin.gateway.refresh(sending()).catch(() => undefined);
      await until(refreshed, { what: 'Keycloak can be refreshed again', withinSeconds: 120 });
      await expect(twin.gateway.readState(noHurry())).resolves.toBe('running');
    }, 180_000);
  });
}
