/**
 * The fence's bad days on real parts: workers killed, frozen and thawed at every boundary, Temporal killed in the middle,
 * Secrets Manager down, clocks wrong. One lab serves all of them; its link stays cut, and a person puts the sites right in
 * between. What AWS and Infinispan were asked is proved by the stand-in's journal and by fronts before both Infinispan.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { request } from 'undici';
import { labSecretIds } from '../../lab/aws';
import { labCaches } from '../../lab/infinispan';
import { labPair } from '../../lab/sitewarden-config';
import type { RunStatus } from '../../workflows/contract/inputs';
import { DisturbedLab } from '../support/disturbed-lab';
import { leakedIn, tracesOf } from '../support/traces';

const rotatedPassword = randomBytes(18).toString('base64url');

/** Starts a process with a clock that is off; SIGWINCH moves it as far again. */
function wrongClock(offMs: number): NodeJS.ProcessEnv {
  const preloaded = join(__dirname, '..', 'support', 'wrong-clock.cjs');
  return { NODE_OPTIONS: `--require "${preloaded}"`, WRONG_CLOCK_MS: String(offMs) };
}

describe('a fence on its bad days', () => {
  let day: DisturbedLab;
  let journalBefore = 0;
  beforeAll(async () => {
    day = await DisturbedLab.start({ workload: 'none' });
    await day.cut();
  });
  afterAll(() => day?.close());

  beforeEach(() => {
    journalBefore = day.standIn.journal.latest;
    for (const front of Object.values(day.fronts)) front.requests.length = 0;
  });

  /** site-b was fenced, once, and nothing else was touched. */
  async function expectOneFence(run: RunStatus): Promise<void> {
    const { sites } = day.lab.infinispan;
    expect(run.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(day.endpointSites()).toEqual(['site-a']);
    expect(day.departuresSince(journalBefore, 'site-b')).toBe(1);
    expect(day.departuresSince(journalBefore, 'site-a')).toBe(0);
    expect(day.callsSince(journalBefore, 'AddEndpoints')).toEqual([]);
    const removed = day.callsSince(journalBefore, 'RemoveEndpoints').flatMap(({ target }) => target.endpointIds);
    expect(new Set(removed)).toEqual(new Set([day.lab.aws.loadBalancers['site-b']]));
    expect(Object.values(await sites['site-a'].rest.backupsTo('site-b', labCaches))).toEqual(
      labCaches.map(() => 'offline'),
    );
    expect(day.fronts['site-b'].changes).toEqual([]);
  }

  describe('the worker is killed', () => {
    beforeAll(() => day.first.start());
    afterAll(() => day.first.kill());
    afterEach(() => day.putRight({ heal: false }));

    const boundaries: [string, () => Promise<{ release(): void }>][] = [
      ['in its first look', () => day.holdCall('DescribeEndpointGroup')],
      ['after its first look, before the removal is sent', () => day.holdCall('DescribeEndpointGroup', 2)],
      [
        'when AWS has got the removal and not applied it',
        () => day.holdCall('RemoveEndpoints', 1, 'holdBeforeApplying'),
      ],
      ['when the removal is applied and not answered', () => day.holdCall('RemoveEndpoints')],
      [
        'when the removal is answered and not read',
        async () => {
          const removal = await day.holdCall('RemoveEndpoints');
          const look = day.holdCall('DescribeEndpointGroup');
          removal.release();
          return look;
        },
      ],
      [
        'before the detach is sent',
        async () => {
          const removal = await day.holdCall('RemoveEndpoints');
          removal.release();
          await day.untilBegun('takeBackupOffline');
          return { release: () => day.road.slow(0) };
        },
      ],
      [
        'when Infinispan has got the detach and not applied it',
        async () => {
          const detach = day.fronts['site-a'].holdChange('beforeForwarding');
          await detach.reached;
          return detach;
        },
      ],
      [
        'when the detach is applied and not answered',
        async () => {
          const detach = day.fronts['site-a'].holdChange('beforeAnswering');
          await detach.reached;
          return detach;
        },
      ],
      [
        'when the detach is answered and not read',
        async () => {
          const detach = day.fronts['site-a'].holdChange('beforeAnswering');
          await detach.reached;
          const look = day.holdCall('DescribeEndpointGroup');
          detach.release();
          return look;
        },
      ],
    ];

    it.each(boundaries)('%s: the next one completes the fence', async (_, reach) => {
      const reached = reach();
      await day.alert('site-a');
      const held = await reached;

      await day.first.kill();
      held.release();
      await day.first.start();
      const run = await day.untilFenced();

      await expectOneFence(run);
    });

    it('while it watches: the next one goes on watching, and undoes what somebody did meanwhile', async () => {
      await day.alert('site-a');
      await expectOneFence(await day.untilFenced());

      await day.first.kill();
      day.addByHand('site-b');
      await day.first.start();
      await day.lab.until(() => day.endpointSites().length === 1, { what: 'site-b is out again', withinSeconds: 60 });

      expect(day.endpointSites()).toEqual(['site-a']);
      expect(day.departuresSince(journalBefore, 'site-b')).toBe(2);
    });
  });

  describe('the worker is frozen before it sends, and thawed when another one has finished: it sends nothing', () => {
    beforeEach(() => day.first.start());
    afterEach(async () => {
      await day.putRight({ heal: false });
      await Promise.all([day.first.kill(), day.second.kill()]);
      await day.cut();
    });

    /** As a machine that stands still and then goes on; its connections are long gone. */
    async function freezeAt(activity: 'removeEndpoint' | 'takeBackupOffline' | 'addEndpoint'): Promise<void> {
      await day.untilBegun(activity);
      day.first.freeze();
      day.road.dropConnections();
      day.road.slow(0);
      await day.second.start();
    }

    async function thaw(incident: string): Promise<void> {
      day.first.thaw();
      const ended = () => day.refusedBy('first', incident).length > 0;
      await day.lab.until(ended, { what: 'the thawed attempt has ended', withinSeconds: 60 });
      expect(day.refusedBy('second', incident)).toEqual([]);
    }

    it('removal', async () => {
      await day.alert('site-a');
      await freezeAt('removeEndpoint');
      const run = await day.untilFenced();

      await thaw(run.incident);

      await expectOneFence(run);
      expect(day.callsSince(journalBefore, 'RemoveEndpoints')).toHaveLength(1);
    });

    it('detach', async () => {
      const removal = day.holdCall('RemoveEndpoints');
      await day.alert('site-a');
      (await removal).release();
      await freezeAt('takeBackupOffline');
      const run = await day.untilFenced();

      await thaw(run.incident);

      await expectOneFence(run);
      expect(day.fronts['site-a'].changes).toHaveLength(1);
    });

    it('giving back', async () => {
      const removal = day.holdCall('RemoveEndpoints');
      await day.alert('site-a');
      const held = await removal;
      // Nothing is detached without a look at the endpoint groups, and none succeeds until the link is whole.
      const denied = { operation: 'DescribeEndpointGroup', times: Infinity };
      const blindness = day.standIn.faults.inject({ kind: 'accessDenied' }, denied);
      held.release();
      await day.lab.link.heal();
      await day.lab.until(() => day.lab.infinispan.isWhole(), { what: 'a whole link', withinSeconds: 60 });
      blindness.remove();
      await freezeAt('addEndpoint');
      await day.lab.until(() => day.endpointSites().length === 2, { what: 'site-b is back', withinSeconds: 60 });
      const { incident } = await day.untilRun('waits', ({ next }) => next?.kind === 'wait');

      await thaw(incident);

      expect(day.callsSince(journalBefore, 'AddEndpoints')).toHaveLength(1);
      expect(Object.values(day.fronts).flatMap(({ changes }) => changes)).toEqual([]);
    });
  });

  describe('Temporal is killed and started again', () => {
    beforeEach(() => day.first.start());
    afterEach(async () => {
      await day.putRight({ heal: false });
      await day.first.kill();
    });

    it('before the removal is sent: nothing is sent while it is away, and the fence is completed after it', async () => {
      const reached = day.holdCall('DescribeEndpointGroup', 2);
      await day.alert('site-a');
      const { incident } = await day.untilRun('began', () => true);
      const look = await reached;

      await day.lab.temporal.server.kill();
      look.release();
      await day.lab.until(() => day.refusedBy('first', incident).length > 0, {
        what: 'the attempt has ended',
        withinSeconds: 60,
      });
      const asked = await day.lab.cli('status', labPair);
      const sentMeanwhile = day.callsSince(journalBefore, 'RemoveEndpoints');
      await day.lab.temporal.server.start();
      const run = await day.untilFenced();

      expect(asked.exitCode).toBe(5);
      expect(sentMeanwhile).toEqual([]);
      await expectOneFence(run);
    });

    it('when the removal is applied and not answered: it is found out by reading, not sent again', async () => {
      const reached = day.holdCall('RemoveEndpoints');
      await day.alert('site-a');
      const removal = await reached;

      await day.lab.temporal.server.kill();
      removal.release();
      await day.lab.temporal.server.start();
      const run = await day.untilFenced();

      await expectOneFence(run);
      expect(day.callsSince(journalBefore, 'RemoveEndpoints')).toHaveLength(1);
    });
  });

  describe('credentials', () => {
    const unavailable = { operation: 'GetSecretValue', times: Infinity };
    afterEach(async () => {
      await day.putRight({ heal: false });
      await day.first.kill();
    });

    it('Secrets Manager is down and every secret is due: the fence is completed with those that are known', async () => {
      const worker = await day.behindFronts('due', day.lab.temporal.address, {
        environment: wrongClock(600_000),
      });
      await worker.start();
      await day.client.observe({ pair: labPair });
      day.standIn.faults.inject({ kind: 'unavailable' }, unavailable);
      process.kill(worker.pid ?? 0, 'SIGWINCH');

      await day.alert('site-a');
      const run = await day.untilFenced();

      const asked = day.callsSince(journalBefore, 'GetSecretValue');
      expect(asked.filter(({ fault }) => fault === 'unavailable')).not.toEqual([]);
      await expectOneFence(run);
      await day.putRight({ heal: false });
      await worker.kill();
      await day.first.start();
    });

    it('Secrets Manager is down and no secret is known: nothing is touched until it answers', async () => {
      const outage = day.standIn.faults.inject({ kind: 'unavailable' }, unavailable);
      await day.first.start();
      await day.alert('site-a');
      const blind = await day.untilRun('looked', ({ observation }) => observation !== undefined);
      const touched = day.callsSince(journalBefore, 'RemoveEndpoints');
      outage.remove();
      const run = await day.untilFenced();

      expect(blind.roles).toBeUndefined();
      expect(touched).toEqual([]);
      await expectOneFence(run);
    });

    it('the password is changed in the middle of a fence: completed as soon as Secrets Manager has the new one', async () => {
      await day.first.start();
      const reached = day.holdCall('RemoveEndpoints');
      await day.alert('site-a');
      const removal = await reached;

      const password = rotatedPassword;
      for (const front of Object.values(day.fronts)) front.rotatePassword(password);
      removal.release();
      const denied = await day.untilRun('both sites deny us', ({ observation }) =>
        Object.values(observation?.sites ?? {}).every(({ view }) => 'unknown' in view),
      );
      const meanwhile = await day.lab.infinispan.sites['site-a'].rest.backupTo('site-b');
      const { username } = day.lab.infinispan.users.admin;
      day.standIn.secrets.put(labSecretIds.infinispan, JSON.stringify({ username, password }));
      const run = await day.untilFenced();

      expect(denied.provedSince).toBeUndefined();
      expect(meanwhile).toBe('online');
      await expectOneFence(run);
    });
  });

  it.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])("the worker's clock is an hour %s: the fence is the same", async (direction, offMs) => {
    const worker = await day.behindFronts(direction, day.lab.temporal.address, { environment: wrongClock(offMs) });
    await worker.start();
    await day.alert('site-a');
    const run = await day.untilFenced();

    await expectOneFence(run);
    const deployed = await day.untilRun(
      'waits for the link',
      ({ waitingFor }) => waitingFor?.startsWith('the link') === true,
    );
    expect(deployed.timeline.map(({ what }) => what)).toContainEqual(expect.stringContaining('DEPLOYED'));
    await day.putRight({ heal: false });
    await worker.kill();
  });

  it('none of the secrets is in a history, a log, an error, a page, or the list of processes', async () => {
    const { lab } = day;
    await Promise.all([day.first.start(), lab.webhook.start()]);
    await day.untilFenced();
    const webhookUrl = `http://${day.config().webhook.listen}`;
    const stranger = { username: 'sitewarden', password: randomBytes(18).toString('base64url') };
    const refused = await request(`${webhookUrl}/alerts`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`sitewarden:${stranger.password}`).toString('base64')}` },
    });

    const traces = {
      ...(await tracesOf(day, [`${day.healthPage('first')}/metrics`, `${webhookUrl}/metrics`])),
      'answer to a stranger': `${refused.statusCode} ${JSON.stringify(refused.headers)} ${await refused.body.text()}`,
    };

    const secrets = {
      ...{ stranger, admin: lab.infinispan.users.admin, rotated: { username: 'admin', password: rotatedPassword } },
      ...{
        webhook: lab.webhookUser,
        aws: { username: 'LAB', password: lab.environment['AWS_SECRET_ACCESS_KEY'] ?? '' },
      },
    };
    const where = Object.keys(traces);
    expect(refused.statusCode).toBe(401);
    expect(where.filter((name) => name.startsWith('history')).length).toBeGreaterThan(1);
    expect(where).toEqual(
      expect.arrayContaining(['log first.log', 'log webhook.log', 'details page', 'list of processes']),
    );
    expect(where.filter((name) => traces[name as keyof typeof traces] === '')).toEqual([]);
    const leaks = Object.entries(traces).map(([name, text]) => [name, leakedIn(text, secrets)] as const);
    expect(leaks.filter(([, leaked]) => leaked.length > 0)).toEqual([]);
    await lab.webhook.kill();
    await day.putRight();
  });
});
