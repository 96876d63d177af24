/**
 * The users of the lab, held to real Keycloaks: that each operation is judged as it really went, while both sites are whole,
 * in a split that nobody fences, and behind a fence.
 */
import type { WayName } from '../../lab/keycloak/ways';
import { startLab, type Lab } from '../../lab/lab';
import { labSites } from '../../lab/sites';
import { startLabUsers } from '../../lab/users/lab-users';
import { operations } from '../../lab/users/outcome';
import type { UserPopulation } from '../../lab/users/population';
import { untilFelt, type Felt } from '../support/felt';

const startsWithinMs = 240_000;

describe('users of two Keycloaks', () => {
  let lab: Lab;
  let users: UserPopulation;

  beforeAll(async () => {
    lab = await startLab({ keycloak: { users: 24 } });
    users = startLabUsers(lab, { ways: ['accelerator', ...labSites] });
  }, startsWithinMs);

  afterAll(() => lab?.close());

  const expectOutcomes = (since: Date, felt: readonly Felt[]) => untilFelt(lab, users, { since, felt });

  it('whole sites: everything goes well, by every way', async () => {
    const ways: readonly WayName[] = ['accelerator', ...labSites];

    await expectOutcomes(
      new Date(0),
      ways.flatMap((way) => operations.map((operation): Felt => [way, operation, 'ok', 'slow'])),
    );
  });

  it('split, nothing fenced: logins fail, right passwords are called wrong, and changes are lost without a word', async () => {
    const since = new Date();
    await lab.link.cut();
    await lab.until(() => lab.infinispan.isSplit(), { what: 'neither site sees the other', withinSeconds: 30 });

    await expectOutcomes(since, [
      ...labSites.flatMap((site): Felt[] => [
        [site, 'browserLogin', 'refused'],
        [site, 'passwordLogin', 'wrongPasswordLie'],
        [site, 'wrongPassword', 'silentlyLost'],
        [site, 'revoke', 'silentlyLost'],
        [site, 'adminWrite', 'refused'],
        [site, 'refresh', 'ok'],
        [site, 'userinfo', 'ok'],
      ]),
      ['accelerator', 'browserLogin', 'refused'],
      ['accelerator', 'revoke', 'silentlyLost'],
    ]);
    // No probe says a word about it.
    expect(await Promise.all(labSites.map((site) => lab.keycloak!.servers[site].check()))).toEqual([200, 200]);
  });

  it('site-b offline on site-a: users of site-a are well again, those of site-b are not', async () => {
    const { rest } = lab.infinispan.sites['site-a'];
    await rest.takeOffline('site-b');
    const since = new Date();

    const wellAtA = operations.map((operation): Felt => ['site-a', operation, 'ok', 'slow']);
    await expectOutcomes(since, [...wellAtA, ['site-b', 'browserLogin', 'refused']]);
  });

  it('healed: users of both sites are well again', async () => {
    await lab.link.heal();
    await lab.until(() => lab.infinispan.isWhole(), { what: 'both sites see each other', withinSeconds: 60 });
    const since = new Date();

    await expectOutcomes(
      since,
      labSites.map((site): Felt => [site, 'browserLogin', 'ok', 'slow']),
    );
  });

  it('go home when they are asked to, in the middle of everything', async () => {
    await users.stop();
    const { length } = users.records;

    const timeline = users.timeline();
    expect(timeline.rows.length).toBe(3 * operations.length);
    expect(users.records.length).toBe(length);
    expect(users.records.filter(({ why }) => why === 'the users go home')).toEqual([]);
  });
});
