import type { LabKeycloak } from '../../lab/keycloak/keycloak';
import { tokenPath } from '../../lab/keycloak/tokens';
import type { Lab } from '../../lab/lab';
import { perSite, perSiteAsync, type LabSite } from '../../lab/sites';
import {
  passwordLogin,
  refresh,
  revoke,
  userinfo,
  visiting,
  type Place,
  type Tokens,
} from '../../lab/users/operations';
import type { Ending, WayName } from '../../lab/users/outcome';
import type { Credentials } from '../../lab/users/realm';
import { RealmAdmin } from '../../lab/users/realm-admin';
import type { Visit } from '../../lab/users/visit';

/** Longer than Keycloak tries to write what Infinispan refuses. */
const answersWithinMs = 20_000;

/** People who each come to the lab's Keycloaks once, an administrator among them: what they do, and what each site then says of it. */
export class KeycloakPeople {
  private readonly keycloak: LabKeycloak;
  private readonly admin: RealmAdmin;

  constructor(private readonly lab: Pick<Lab, 'keycloak' | 'until'>) {
    if (!lab.keycloak) throw new Error('a lab with Keycloak is needed: start it with the option `keycloak`');
    this.keycloak = lab.keycloak;
    this.admin = new RealmAdmin(lab.keycloak.admin);
  }

  /** The HTTP status of a login by the right password. */
  async logIn(way: WayName, user: Credentials): Promise<number> {
    return statusOf((await passwordLogin(this.at(way), user)).ending);
  }

  /** @throws when the login is refused. */
  async session(site: LabSite, user: Credentials): Promise<Tokens> {
    const { tokens, ending } = await passwordLogin(this.at(site), user);
    if (!tokens) throw new Error(`${user.username} was refused at ${site}: ${JSON.stringify(ending)}`);
    return tokens;
  }

  /** The HTTP status with which each site answers a refresh. */
  refreshes(tokens: Tokens): Promise<Record<LabSite, number>> {
    return perSiteAsync(async (site) => statusOf((await refresh(this.at(site), tokens)).ending));
  }

  /** The HTTP status that each site gives the bearer of an access token: 200 while it is good, 401 when not. */
  bears(tokens: Tokens): Promise<Record<LabSite, number>> {
    return perSiteAsync(async (site) => statusOf(await userinfo(this.at(site), tokens)));
  }

  async revoke(site: LabSite, tokens: Tokens): Promise<number> {
    return statusOf(await revoke(this.at(site), tokens));
  }

  /** Mistypes so often, each time when the one before is counted: Keycloak answers first, and counts then. */
  async mistype(site: LabSite, user: Credentials, times: number): Promise<void> {
    const counted = async () => (await this.admin.failures(this.at(site), user.username)).count;
    for (let time = 1; time <= times; time += 1) {
      await passwordLogin(this.at(site), { ...user, password: `not ${user.password}` });
      const what = `wrong password ${time} is counted at ${site}`;
      await this.lab.until(async () => (await counted()) === time, { what, withinSeconds: 30 });
    }
  }

  /** Wrong passwords that each site has counted. */
  failures({ username }: Credentials): Promise<Record<LabSite, number>> {
    return perSiteAsync(async (site) => (await this.admin.failures(this.at(site), username)).count);
  }

  /** Disables a user at a site that is split off: answered with an error after some seconds, and committed all the same. */
  async disableUnheard(site: LabSite, user: Credentials): Promise<void> {
    const path = await this.pathOf(site, user);
    await this.keycloak.adminRest[site].ask('PUT', path, { enabled: false }).catch(() => undefined);
  }

  /** Whether the user is enabled, as each Keycloak has it: of its own cache, where it holds the user. */
  enabled(user: Credentials): Promise<Record<LabSite, boolean>> {
    return perSiteAsync(async (site) => this.enabledAt(site, user));
  }

  async enabledAt(site: LabSite, user: Credentials): Promise<boolean> {
    const path = await this.pathOf(site, user);
    return ((await this.keycloak.adminRest[site].ask('GET', path)) as { enabled: boolean }).enabled;
  }

  /** Has Keycloak give the service account another secret. @returns the new one. */
  async rotateSecret(site: LabSite): Promise<string> {
    const { realm, clientId } = this.keycloak.serviceAccount;
    const clients = `/realms/${realm}/clients`;
    const admin = this.keycloak.adminRest[site];
    const [client] = (await admin.ask('GET', `${clients}?clientId=${clientId}`)) as { id: string }[];
    const rotated = (await admin.ask('POST', `${clients}/${client!.id}/client-secret`)) as { value: string };
    return rotated.value;
  }

  /** The HTTP status of the service account's own login by this secret. */
  async clientLogIn(site: LabSite, secret: string): Promise<number> {
    const { realm, clientId } = this.keycloak.serviceAccount;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    const token = (visit: Visit) => visit.post(tokenPath(realm), { form });
    return (await visiting(this.at(site), token)).status;
  }

  /** The HTTP status of each site's `/lb-check`, or `refused`. */
  lbChecks(): Promise<Record<LabSite, number | 'refused'>> {
    return perSiteAsync((site) => this.keycloak.servers[site].check().catch(() => 'refused' as const));
  }

  private async pathOf(site: LabSite, { username }: Credentials): Promise<string> {
    const users = `/realms/${this.keycloak.realm.realm}/users`;
    const found = await this.keycloak.adminRest[site].ask('GET', `${users}?username=${username}&exact=true`);
    return `${users}/${(found as { id: string }[])[0]!.id}`;
  }

  private at(way: WayName): Place {
    const { realm, publicUrl, servers } = this.keycloak;
    const urls = { accelerator: publicUrl, ...perSite((site) => servers[site].url) };
    return { way: { name: way, url: urls[way] }, realm, signal: AbortSignal.timeout(answersWithinMs) };
  }
}

function statusOf(ending: Ending): number {
  if (ending.kind === 'answered') return ending.status;
  throw new Error(`no answer: ${ending.why}`);
}
