import type { LabKeycloak } from '../../lab/keycloak/keycloak';
import { passwordLogin, refresh, revoke, tokensFor, userinfo, type Place, type Tokens } from '../../lab/keycloak/oidc';
import { UserAdmin } from '../../lab/keycloak/user-admin';
import { urlsOf, type WayName } from '../../lab/keycloak/ways';
import type { Lab } from '../../lab/lab';
import type { Credentials } from '../../lab/secrets';
import { perSite, perSiteAsync, type LabSite } from '../../lab/sites';

/** Longer than Keycloak tries to write what Infinispan refuses. */
const answersWithinMs = 20_000;

/** People who each come to the lab's Keycloaks once, an administrator among them: what they do, and what each site then says of it. */
export class KeycloakPeople {
  private readonly keycloak: LabKeycloak;
  private readonly admins: Record<LabSite, UserAdmin>;

  constructor(private readonly lab: Pick<Lab, 'keycloak' | 'until'>) {
    if (!lab.keycloak) throw new Error('a lab with Keycloak is needed: start it with the option `keycloak`');
    this.keycloak = lab.keycloak;
    const { adminRest, realm } = lab.keycloak;
    this.admins = perSite((site) => new UserAdmin(adminRest[site], realm));
  }

  /** Where they come to, for one operation. */
  at(way: WayName): Place {
    const signal = AbortSignal.timeout(answersWithinMs);
    return { url: urlsOf(this.keycloak)[way], client: this.keycloak.realm, signal };
  }

  /** The HTTP status of a login by the right password. */
  async logIn(way: WayName, user: Credentials): Promise<number> {
    return (await passwordLogin(this.at(way), user)).status;
  }

  /** @throws when the login is refused. */
  async session(way: WayName, user: Credentials): Promise<Tokens> {
    const { tokens, status, says } = await passwordLogin(this.at(way), user);
    if (!tokens) throw new Error(`${user.username} was refused by ${way}: ${status} ${says ?? ''}`);
    return tokens;
  }

  /** @throws when the refresh is refused. @returns the new tokens. */
  async refresh(way: WayName, old: Tokens): Promise<Tokens> {
    const { tokens, status, says } = await refresh(this.at(way), old);
    if (!tokens) throw new Error(`a refresh was refused by ${way}: ${status} ${says ?? ''}`);
    return tokens;
  }

  /** The HTTP status with which each site answers a refresh. */
  refreshes(tokens: Tokens): Promise<Record<LabSite, number>> {
    return perSiteAsync(async (site) => (await refresh(this.at(site), tokens)).status);
  }

  /** The HTTP status that each site gives the bearer of an access token: 200 while it is good, 401 when not. */
  bears(tokens: Tokens): Promise<Record<LabSite, number>> {
    return perSiteAsync(async (site) => (await userinfo(this.at(site), tokens)).status);
  }

  /** Whom each site knows behind an access token. */
  namesOf(tokens: Tokens): Promise<Record<LabSite, string | undefined>> {
    return perSiteAsync(async (site) => (await userinfo(this.at(site), tokens)).username);
  }

  async revoke(site: LabSite, tokens: Tokens): Promise<number> {
    return (await revoke(this.at(site), tokens)).status;
  }

  /** Mistypes so often, each time when the one before is counted: Keycloak answers first, and counts then. */
  async mistype(site: LabSite, user: Credentials, times: number): Promise<void> {
    const counted = async () => (await this.admins[site].failures(user.username)).count;
    for (let time = 1; time <= times; time += 1) {
      await passwordLogin(this.at(site), { ...user, password: `not ${user.password}` });
      const what = `wrong password ${time} is counted at ${site}`;
      await this.lab.until(async () => (await counted()) === time, { what, withinSeconds: 30 });
    }
  }

  /** Wrong passwords that each site has counted. */
  failures({ username }: Credentials): Promise<Record<LabSite, number>> {
    return perSiteAsync(async (site) => (await this.admins[site].failures(username)).count);
  }

  /** Disables a user at a site that is split off: answered with an error after some seconds, and committed all the same. */
  async disableUnheard(site: LabSite, { username }: Credentials): Promise<void> {
    await this.admins[site].change(username, { enabled: false });
  }

  /** Whether the user is enabled, as each Keycloak has it: of its own cache, where it holds the user. */
  enabled({ username }: Credentials): Promise<Record<LabSite, boolean>> {
    return perSiteAsync(async (site) => (await this.admins[site].read(username)).enabled);
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
    const place = { ...this.at(site), client: this.keycloak.serviceAccount };
    return (await tokensFor(place, { grant_type: 'client_credentials', client_secret: secret })).status;
  }

  /** The HTTP status of each site's `/lb-check`, or `refused`. */
  lbChecks(): Promise<Record<LabSite, number | 'refused'>> {
    return perSiteAsync((site) => this.keycloak.servers[site].check().catch(() => 'refused' as const));
  }
}
