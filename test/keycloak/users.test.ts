/**
 * The users of the lab, held to real Keycloaks: that each operation is judged as it really went, while both sites are whole,
 * in a split that nobody fences, and behind a fence.
 */
import type { Lab } from '../../lab/lab';
import { startLab } from '../../lab/lab';
import { labSites, type LabSite } from '../../lab/sites';
import { operations, type Operation, type Outcome, type WayName } from '../../lab/users/outcome';
import { startLabUsers } from '../../lab/users/lab-users';
import type { UserPopulation } from '../../lab/users/population';

const startsWithinMs = 240_000;
const withinSeconds = 90;

describe('users of two Keycloaks', () => {
  let lab: Lab;
  let users: UserPopulation;

  beforeAll(async () => {
    lab = await startLab({ keycloak: { users: 24 } });
    users = startLabUsers(lab, { ways: ['accelerator', ...labSites] });
  }, startsWithinMs);

  afterAll(() => lab.close());

  /** Waits until an operation by this way, begun since then, has come to one of these outcomes. */
  async function expectComesTo(
    since: Date,
    way: WayName,
    operation: Operation,
    ...wanted: readonly Outcome[]
  ): Promise<void> {
    const found = () => {
      const tried = users.records.filter(
        (record) => record.at >= since.getTime() && record.way === way && record.operation === operation,
      );
      if (tried.some(({ outcome }) => wanted.includes(outcome))) return true;
      throw new Error(`came to: ${tried.map(({ outcome, why }) => `${outcome} ${why ?? ''}`).join(', ')}`);
    };
    await lab.until(found, { what: `${operation} by ${way} comes to ${wanted.join(' or ')}`, withinSeconds });
  }

  it('whole sites: everything goes well, by every way', async () => {
    await lab.until(() => users.isWell(), { what: 'all goes well', withinSeconds });

    const kinds = new Set(users.records.map(({ operation, way }) => `${way} ${operation}`));
    expect(kinds.size).toBe(3 * operations.length);
    expect(users.countsPerSecond().length).toBeGreaterThan(10);
  });

  it('split, nothing fenced: logins fail, right passwords are called wrong, and changes are lost without a word', async () => {
    const since = new Date();
    await lab.link.cut();
    await lab.until(() => lab.infinispan.isSplit(), { what: 'neither site sees the other', withinSeconds: 30 });

    const both = (operation: Operation, ...wanted: readonly Outcome[]) =>
      labSites.map((site) => expectComesTo(since, site, operation, ...wanted));
    await Promise.all([
      ...both('browserLogin', 'refused'),
      ...both('passwordLogin', 'wrongPasswordLie'),
      ...both('wrongPassword', 'silentlyLost'),
      ...both('revoke', 'silentlyLost'),
      ...both('adminWrite', 'refused'),
      ...both('refresh', 'ok'),
      ...both('userinfo', 'ok'),
      expectComesTo(since, 'accelerator', 'browserLogin', 'refused'),
      expectComesTo(since, 'accelerator', 'revoke', 'silentlyLost'),
    ]);
    expect(await Promise.all(labSites.map((site) => lab.keycloak!.servers[site].check()))).toEqual([200, 200]);
  });

  it('site-b offline on site-a: users of site-a are well again, those of site-b are not', async () => {
    const { rest } = lab.infinispan.sites['site-a'];
    await rest.takeOffline('site-b');
    const since = new Date();

    const wellAtA = operations.map((operation) => expectComesTo(since, 'site-a', operation, 'ok', 'slow'));
    await Promise.all([...wellAtA, expectComesTo(since, 'site-b', 'browserLogin', 'refused')]);
  });

  it('healed: users of both sites are well again', async () => {
    await lab.link.heal();
    await lab.until(() => lab.infinispan.isWhole(), { what: 'both sites see each other', withinSeconds: 60 });
    const since = new Date();

    await Promise.all(labSites.flatMap((site: LabSite) => [expectComesTo(since, site, 'browserLogin', 'ok', 'slow')]));
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
