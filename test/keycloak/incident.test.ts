/**
 * Incidents of two real Keycloaks under users, from the cut to the end: what was done at each site during the split, and what
 * both say of it afterwards. One lab serves all; each test begins where the one before it left the pair.
 */
import { labSecretIds } from '../../lab/aws';
import { labCaches } from '../../lab/infinispan';
import type { LabKeycloak } from '../../lab/keycloak/keycloak';
import { userinfo, type Tokens } from '../../lab/keycloak/oidc';
import { labSites, type LabSite } from '../../lab/sites';
import { startLabUsers } from '../../lab/users/lab-users';
import { operations } from '../../lab/users/outcome';
import type { UserPopulation } from '../../lab/users/population';
import { untilFelt, type Felt } from '../support/felt';
import { IncidentLab } from '../support/incident-lab';
import { KeycloakPeople } from '../support/keycloak-people';
import { WayBack } from '../support/way-back';

const startsWithinMs = 240_000;
const splitWithinMs = 240_000;
const wayBackWithinMs = 300_000;
/** Fewer than lock the user. */
const wrongPasswords = 2;

const both = <T>(value: T) => ({ 'site-a': value, 'site-b': value });

describe('an incident of two Keycloaks', () => {
  let day: IncidentLab;
  let wayBack: WayBack;
  let keycloak: LabKeycloak;
  let people: KeycloakPeople;
  let users: UserPopulation;
  const madeAt = {} as Record<LabSite, Tokens>;
  let revoked: Tokens;

  beforeAll(async () => {
    day = await IncidentLab.start({ keycloak: { users: 24 }, policy: { soakSeconds: 1 } });
    wayBack = new WayBack(day);
    keycloak = day.lab.keycloak!;
    people = new KeycloakPeople(day.lab);
    await day.lab.worker.start();
    await keycloak.adminRest['site-a'].ask('PUT', `/realms/${keycloak.realm.realm}`, {
      // A token that is refused at the end is to be refused for what was done with it, and not for its age.
      accessTokenLifespan: 1_800,
      // Nor is a test that mistypes quickly to be taken for an attack: that locks a user, and counts nothing more.
      quickLoginCheckMilliSeconds: 0,
    });
    users = startLabUsers(day.lab);
    await untilUsersAreWell(new Date(0));
  }, startsWithinMs);

  afterAll(() => day?.close());

  /** None of those who are at work through the accelerator; the first two of the realm warmed the servers up. */
  const user = (index: number) => keycloak.realm.users[2 + index]!;

  const untilUsersAreWell = (since: Date) => {
    const felt = operations.map((operation): Felt => ['accelerator', operation, 'ok', 'slow']);
    return untilFelt(day.lab, users, { since, felt });
  };

  async function split(kind: 'cut' | 'blackhole'): Promise<void> {
    const { infinispan, link } = day.lab;
    await link[kind]();
    await day.lab.until(() => infinispan.isSplit(), { what: 'neither site sees the other', withinSeconds: 30 });
  }

  /** Returns when site-b is fenced and its Keycloak stopped, and users are well who began after the fence. */
  async function fence(): Promise<void> {
    await day.alert('site-a');
    await day.untilFenced();
    await untilUsersAreWell(new Date());
    const isStopped = () => !keycloak.servers['site-b'].isRunning;
    await day.lab.until(isStopped, { what: "the stale site's Keycloak is stopped", withinSeconds: 60 });
  }

  async function heal(): Promise<void> {
    const { infinispan, link } = day.lab;
    await link.heal();
    await day.lab.until(() => infinispan.isWhole(), { what: 'both sites see each other', withinSeconds: 60 });
  }

  interface Observed {
    readiness: { what: string; fix: string }[];
    verdict: { kind: string };
  }

  async function observed(): Promise<Observed> {
    const { stdout } = await day.lab.cli('observe', 'demo', '--json');
    return JSON.parse(stdout) as Observed;
  }

  /** The first answers of a Keycloak that has just begun may come later than a look waits for them. */
  async function untilNothingIsFound(): Promise<void> {
    const isReady = async () => (await observed()).readiness.length === 0;
    await day.lab.until(isReady, { what: 'nothing is found that is not ready', withinSeconds: 60 });
  }

  it(
    'a black hole under load: users are well behind the fence, and no health check says a word about the split',
    async () => {
      await split('blackhole');
      expect(await people.lbChecks()).toEqual(both(200));

      await fence();

      expect(day.endpointSites()).toEqual(['site-a']);
      expect(await wayBack.backups('site-a')).toEqual(labCaches.map(() => 'offline'));
      await heal();
      await day.putRight({ heal: false });
    },
    splitWithinMs,
  );

  it('a cache that is mixed is named before the incident begins, with what to do', async () => {
    await untilNothingIsFound();
    const work = '/caches/work/x-site/backups/site-b?action=take-offline';
    await day.lab.infinispan.sites['site-a'].rest.ask('POST', work);

    const { readiness, verdict } = await observed();

    expect(readiness).toMatchObject([
      {
        what: 'site-a, work: the backup to site-b is offline, the others online (mixed)',
        fix: expect.stringContaining('sitewarden synchronize demo') as string,
      },
    ]);
    expect(verdict.kind).toBe('diverging');
  });

  it(
    'a clean cut under load, with that cache mixed: before the fence a user logs in at the stale site, and one is disabled there',
    async () => {
      // Whoever is in a Keycloak's own cache is not looked up again.
      expect(await people.logIn('site-a', user(0))).toBe(200);

      await split('cut');
      expect(await people.lbChecks()).toEqual(both(200));
      madeAt['site-b'] = await people.session('site-b', user(2));
      await people.disableUnheard('site-b', user(0));
    },
    splitWithinMs,
  );

  it(
    "the stale site's Keycloak is killed, and dies again when it is started in the split, on a site without what it begins with",
    async () => {
      const server = keycloak.servers['site-b'];
      await server.kill();
      await day.lab.infinispan.sites['site-b'].rest.clearHere('work');

      await expect(server.start()).rejects.toThrow('before it was ready');

      expect(server.isRunning).toBe(false);
      expect(await people.lbChecks()).toEqual({ 'site-a': 200, 'site-b': 'refused' });
    },
    splitWithinMs,
  );

  it(
    'that Keycloak being dead, users are well behind the fence',
    async () => {
      await fence();
      await users.stop();

      expect(day.endpointSites()).toEqual(['site-a']);
      expect(await wayBack.backups('site-a')).toEqual(labCaches.map(() => 'offline'));
    },
    splitWithinMs,
  );

  it('the user who was disabled at the stale site still logs in at the kept one: its Keycloak was not told', async () => {
    expect(await people.logIn('site-a', user(0))).toBe(200);
  });

  it('at the kept site a user logs in, a token is revoked, and wrong passwords are counted', async () => {
    madeAt['site-a'] = await people.session('site-a', user(1));
    revoked = await people.session('site-a', user(3));

    expect(await people.revoke('site-a', revoked)).toBe(200);
    await people.mistype('site-a', user(4), wrongPasswords);

    expect((await userinfo(people.at('site-a'), revoked)).status).toBe(401);
  });

  it("the secret of Sitewarden's client is rotated in the split: the old one is refused from then on", async () => {
    const secret = await people.rotateSecret('site-a');
    day.standIn.secrets.put(labSecretIds.keycloak, secret);

    const old = keycloak.serviceAccount.secret;
    expect(await Promise.all([old, secret].map((each) => people.clientLogIn('site-a', each)))).toEqual([401, 200]);
  });

  it(
    'healed: Keycloak starts after the push, the kept one is refreshed with the new secret, and both sites serve again',
    async () => {
      await day.lab.link.heal();
      await wayBack.approveUntil('the site synchronized', ({ phase }) => phase === 'synchronized', ['synchronize']);
      const { outcome, timeline } = await wayBack.toTheEnd();

      const steps = [
        `pushed: ${labCaches.length} caches`,
        'every key and value of site-a and site-b compared equal',
        'site-b is synchronized and ready',
        "site-a's application holds nothing any more from before the split",
      ];
      expect(timeline.map(({ what }) => what).filter((what) => steps.includes(what))).toEqual(steps);
      expect(outcome).toBe('siteOnline');
      expect(day.endpointSites()).toEqual([...labSites]);
      expect(await people.lbChecks()).toEqual(both(200));
      await untilNothingIsFound();
      expect((await observed()).verdict.kind).toBe('healthy');
    },
    wayBackWithinMs,
  );

  it('the user who was disabled can log in nowhere any more', async () => {
    expect(await people.enabled(user(0))).toEqual(both(false));
    for (const way of ['site-a', 'site-b', 'accelerator'] as const) {
      expect([way, await people.logIn(way, user(0))]).toEqual([way, 400]);
    }
  });

  it.each(labSites)('the session that was made at %s during the split goes on at both sites', async (site) => {
    expect(await people.refreshes(madeAt[site])).toEqual(both(200));
  });

  it('the token that was revoked is refused at both sites; one as old that was not is good', async () => {
    expect(await people.bears(revoked)).toEqual(both(401));
    expect(await people.bears(madeAt['site-a'])).toEqual(both(200));
  });

  it('the wrong passwords that the kept site counted count at both', async () => {
    expect(await people.failures(user(4))).toEqual(both(wrongPasswords));
  });
});
