/** The driver of a site's Keycloak, held to what its fake promises, by a real one. */
import { createKeycloakWorkload } from '../../gateways/keycloak';
import { createCredentialSource } from '../../gateways/secrets';
import { createExecWorkload, type WorkloadCommand } from '../../gateways/workload';
import type { ApplicationVerb } from '../../lab/application-control';
import type { LabKeycloak } from '../../lab/keycloak/keycloak';
import { startLab, type Lab } from '../../lab/lab';
import { keycloakContract, type KeycloakTwin } from '../contract/keycloak.contract';
import { KeycloakPeople } from '../support/keycloak-people';
import { noHurry } from '../support/outcome';

const startsWithinMs = 240_000;
const site = 'site-a';

describe("a real site's Keycloak", () => {
  let lab: Lab;
  let keycloak: LabKeycloak;

  beforeAll(async () => {
    lab = await startLab({ keycloak: true });
    keycloak = lab.keycloak!;
  }, startsWithinMs);

  afterAll(() => lab?.close());

  keycloakContract('of the lab', async () => realTwin());

  it('of which the own Infinispan is down answers 503: it runs, and is not ready', async () => {
    const { gateway, close } = driver();
    const health = () => keycloak.servers[site].check();
    await lab.infinispan.sites[site].server.stop();
    await lab.until(async () => (await health()) === 503, { what: 'lb-check says 503', withinSeconds: 60 });

    await expect(gateway.readState(noHurry())).resolves.toBe('running');

    await lab.infinispan.sites[site].server.start();
    await lab.until(async () => (await health()) === 200, { what: 'lb-check says 200 again', withinSeconds: 60 });
    await close();
  }, 180_000);

  function driver({ clientId = keycloak.serviceAccount.clientId, secret = keycloak.serviceAccount.secret } = {}) {
    const { url } = keycloak.servers[site];
    const command = (verb: ApplicationVerb) =>
      [...lab.applicationControl.command(site, verb)] as unknown as WorkloadCommand;
    const commands = createExecWorkload({
      ...{ pair: 'demo', site, timeoutSeconds: 60, environment: process.env },
      commands: { stop: command('stop'), start: command('start'), status: command('status') },
    });
    const source = createCredentialSource({ clock: Date.now, env: { SECRET: secret } });
    const gateway = createKeycloakWorkload({
      commands,
      lbCheck: { site, url: `${url}/lb-check` },
      admin: { site, url, realm: 'master', clientId, secret: { source, reference: 'env:SECRET' } },
    });
    return { gateway, close: () => Promise.all([gateway.close(), commands.close()]) };
  }

  async function realTwin(): Promise<KeycloakTwin> {
    const user = keycloak.realm.users[0]!;
    const people = new KeycloakPeople(lab);
    const roleless = { clientId: 'roleless', secret: 'roleless-secret' };
    await keycloak.adminRest[site].ask('POST', '/realms/master/clients', {
      ...{ ...roleless, enabled: true, publicClient: false, serviceAccountsEnabled: true, standardFlowEnabled: false },
    });
    const drivers = [driver(), driver({ secret: 'wrong' }), driver(roleless)];
    const [right, wrong, without] = drivers.map(({ gateway }) => gateway);
    const { infinispan, link } = lab;
    return {
      gateway: right!,
      withWrongSecret: wrong!,
      withoutRoles: without!,
      realm: keycloak.realm.realm,
      issuer: `${keycloak.publicUrl}/realms/master`,

      /** At the other site, in a split: it is in the database that both share, and this Keycloak is never told. */
      async disableUserUnheard() {
        expect(await people.logIn(site, user)).toBe(200);
        await link.cut();
        await lab.until(() => infinispan.isSplit(), { what: 'neither site sees the other', withinSeconds: 30 });
        await people.disableUnheard('site-b', user);
        await link.heal();
        await lab.until(() => infinispan.isWhole(), { what: 'both sites see each other', withinSeconds: 30 });
      },

      userLogsIn: async () => (await people.logIn(site, user)) === 200,
      close: async () => void (await Promise.all(drivers.map(({ close }) => close()))),
    };
  }
});
