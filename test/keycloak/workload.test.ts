/** The driver of a site's Keycloak, held to what its fake promises, by a real one. */
import { createKeycloakWorkload } from '../../gateways/keycloak';
import { createCredentialSource } from '../../gateways/secrets';
import { createExecWorkload, type WorkloadCommand } from '../../gateways/workload';
import type { ApplicationVerb } from '../../lab/application-control';
import type { LabKeycloak } from '../../lab/keycloak/keycloak';
import { passwordGrant } from '../../lab/keycloak/tokens';
import { startLab, type Lab } from '../../lab/lab';
import { perSiteAsync } from '../../lab/sites';
import { noHurry } from '../support/outcome';
import { keycloakContract, type KeycloakTwin } from '../contract/keycloak.contract';

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

  it('is ready as the lab has it; a cache that is taken offline in peace is named, with what to do', async () => {
    await lab.worker.start();
    const observed = async () => {
      const { stdout } = await lab.cli('observe', 'demo', '--json');
      return JSON.parse(stdout) as { readiness: { what: string; fix: string }[]; verdict: { kind: string } };
    };
    const work = '/caches/work/x-site/backups/site-b';
    expect(await observed()).toMatchObject({ readiness: [], verdict: { kind: 'healthy' } });

    await lab.infinispan.sites[site].rest.ask('POST', `${work}?action=take-offline`);
    const mixed = await observed();
    await lab.infinispan.sites[site].rest.ask('POST', `${work}?action=bring-online`);

    expect(mixed.readiness).toMatchObject([
      {
        what: 'site-a, work: the backup to site-b is offline, the others online (mixed)',
        fix: expect.stringContaining('sitewarden synchronize demo') as string,
      },
    ]);
    expect(mixed.verdict.kind).toBe('diverging');
    await lab.worker.stop();
  });

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
    const admins = keycloak.adminRest;
    const roleless = { clientId: 'roleless', secret: 'roleless-secret' };
    await admins[site].ask('POST', '/realms/master/clients', {
      ...{ ...roleless, enabled: true, publicClient: false, serviceAccountsEnabled: true, standardFlowEnabled: false },
    });
    const drivers = [driver(), driver({ secret: 'wrong' }), driver(roleless)];
    const [right, wrong, without] = drivers.map(({ gateway }) => gateway);
    const logIn = async () => (await passwordGrant(keycloak.servers[site].url, { ...keycloak.realm, user })).status;
    const seen = async () => Object.values(await perSiteAsync((each) => lab.infinispan.sites[each].rest.sitesView()));
    const sees = (count: number) => async () => (await seen()).every((view) => view.length === count);
    return {
      gateway: right!,
      withWrongSecret: wrong!,
      withoutRoles: without!,
      realm: keycloak.realm.realm,
      issuer: `${keycloak.publicUrl}/realms/master`,

      /** At the other site, in a split: it is in the database that both share, and this Keycloak is never told. */
      async disableUserUnheard() {
        expect(await logIn()).toBe(200);
        const path = `/realms/${keycloak.realm.realm}/users`;
        const [found] = (await admins['site-b'].ask('GET', `${path}?username=${user.username}&exact=true`)) as {
          id: string;
        }[];
        await lab.link.cut();
        await lab.until(sees(1), { what: 'neither site sees the other', withinSeconds: 30 });
        // Answered with an error after some seconds, and committed all the same.
        await admins['site-b'].ask('PUT', `${path}/${found!.id}`, { enabled: false }).catch(() => undefined);
        await lab.link.heal();
        await lab.until(sees(2), { what: 'both sites see each other', withinSeconds: 30 });
      },

      userLogsIn: async () => (await logIn()) === 200,
      close: async () => void (await Promise.all(drivers.map(({ close }) => close()))),
    };
  }
});
