/**
 * The fence's bad days on real parts: workers killed, frozen and thawed at every boundary, Temporal killed in the middle,
 * Secrets Manager down, clocks wrong. One lab serves all of them; its link stays cut, and a person puts the sites right in
 * between. What AWS and Infinispan were asked is proved by the stand-in's journal and by fronts before both Infinispan.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { labCaches } from '../../lab/infinispan';
import type { RunStatus } from '../../workflows/contract/inputs';
import { DisturbedLab } from '../support/disturbed-lab';

describe('a fence on its bad days', () => {
  let day: DisturbedLab;
  let journalBefore = 0;
  beforeAll(async () => {
    day = await DisturbedLab.start();
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

  /** What a worker's log says about commands of this incident that it did not carry out. */
  function refusedBy(worker: 'first' | 'second', incident: string): string[] {
    const log = readFileSync(join(day.lab.run.folder, 'logs', `${worker}.log`), 'utf8');
    return log.split('\n').filter((line) => line.includes(incident) && line.includes('Not accepted'));
  }

  describe('the worker is killed', () => {
    beforeAll(() => day.first.start());
    afterAll(() => day.first.kill());
    afterEach(() => day.putRight({ heal: false }));

    const boundaries: [string, () => Promise<{ release(): void }>][] = [
      ['in its first look', () => day.holdCall('DescribeEndpointGroup')],
      ['after its first look, before the removal is sent', () => day.holdCall('DescribeEndpointGroup', 2)],
      ['when AWS has got the removal and not applied it', () => day.holdCall('RemoveEndpoints', 1, 'holdBeforeApplying')],
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

  void refusedBy;
});
