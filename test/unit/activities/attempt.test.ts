import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { createFenceCommands } from '../../../activities/fence-commands';
import { createRestoreCommands } from '../../../activities/restore-commands';
import type { Activities, CommandAccepted } from '../../../activities/types';
import type { ActivityDependencies, ConfiguredPair } from '../../../activities/dependencies';
import { FakeLocks } from '../../support/fake-locks';
import { fakeArchive } from '../../support/fake-archive';
import { fakeTemporalServer } from '../../support/fake-temporal-server';
import { groupArn, pair } from '../../support/observations';
import { FakeWorld } from '../../support/fake-world';

const command = { kind: 'removeEndpoint', groupArn, site: 'site-b', keepSite: 'site-a' } as const;

describe('a command attempt', () => {
  let world: FakeWorld;
  let elapsedMs: number;
  let ended: string[];
  let outerLock: ConfiguredPair['outerLock'];
  beforeEach(() => {
    world = new FakeWorld();
    outerLock = undefined;
    elapsedMs = 0;
    ended = [];
  });

  function dependencies(): ActivityDependencies {
    const configured: ConfiguredPair = { pair, configHash: 'cafe0000', gateways: world.gateways(), outerLock };
    return {
      sitePairs: new Map([[pair.name, configured]]),
      clock: { now: () => 1_000, monotonicMs: () => elapsedMs },
      digest: (text: string) => text,
      journal: {
        readFailed: () => undefined,
        readSucceeded: () => undefined,
        commandEnded: ({ outcome }) => void ended.push(outcome),
        assessed: () => undefined,
      },
      archive: fakeArchive(),
      temporal: fakeTemporalServer(),
      registeredSearchAttributes: async () => [],
    };
  }

  /** Runs the activity as Temporal would, with 5 s to its end; `heartbeat` is what the server says of the attempt. */
  function run(heartbeat: () => Promise<unknown> = async () => ({})) {
    const client = {
      workflowService: { recordActivityTaskHeartbeat: heartbeat },
      withAbortSignal: (_signal: AbortSignal, ask: () => unknown) => ask(),
    } as unknown as Client;
    const env = new MockActivityEnvironment({ startToCloseTimeoutMs: 5_000 }, { client });
    const [group] = world.accelerator.groups();
    const input = { pair: pair.name, commandId: 'incident-1/1/1', command: { ...command, groupArn: group?.arn ?? '' } };
    return env.run<[typeof input], CommandAccepted, Activities['removeEndpoint']>(
      createFenceCommands(dependencies()).removeEndpoint,
      input,
    );
  }

  it('sends once, with its command id, when it is in time and still wanted', async () => {
    const accepted = await run();

    expect(accepted).toEqual({ at: 1_000, said: 'RemoveEndpoints accepted for site-b' });
    expect(world.journal).toMatchObject([{ call: 'removeEndpoint', site: 'site-b', commandId: 'incident-1/1/1' }]);
    expect(ended).toEqual(['accepted']);
  });

  it('sends nothing when it was frozen past its deadline', async () => {
    const reading = world.faults.hang('readGroup');
    const running = run();
    await reading.reached;
    elapsedMs = 4_000;
    reading.release();

    await expect(running).rejects.toMatchObject({ type: 'DeadlinePassed', nonRetryable: false });
    expect(world.journal).toEqual([]);
    expect(ended).toEqual(['DeadlinePassed']);
  });

  it('sends nothing when it was frozen while the server was asked', async () => {
    const running = run(async () => {
      elapsedMs = 60_000;
    });

    await expect(running).rejects.toMatchObject({ type: 'DeadlinePassed' });
    expect(world.journal).toEqual([]);
  });

  it.each([
    ['no longer waits for it', Object.assign(new Error('not found'), { code: 5 }), /no longer waits/],
    ['cannot say', Object.assign(new Error('unavailable'), { code: 14 }), /could not say/],
  ])('sends nothing when Temporal %s', async (_, error, message) => {
    const running = run(async () => {
      throw error;
    });

    await expect(running).rejects.toMatchObject({ type: 'AttemptSuperseded', message: expect.stringMatching(message) });
    expect(world.journal).toEqual([]);
  });

  it('removes nothing when the kept site is no longer there to serve', async () => {
    world.removedByOthers('site-a');

    await expect(run()).rejects.toMatchObject({ type: 'LastEndpointGuard' });
    expect(world.journal).toEqual([]);
  });

  it("counts the kept site's health URL while its endpoint is INITIAL, and silence as no 200", async () => {
    world.setHealth('site-a', 'INITIAL');
    world.faults.fail('probe', 'HealthUnreachable');

    await expect(run()).rejects.toMatchObject({ type: 'LastEndpointGuard' });
    expect((await run()).said).toContain('accepted');
  });

  describe('of a pair with an outer lock whose store is down', () => {
    const silentLocks = (fenceWaits: boolean): ConfiguredPair['outerLock'] => {
      const locks = new FakeLocks();
      locks.isDown = true;
      return { locks, name: 'sitewarden/keycloak-prod/run', leaseSeconds: 60, fenceWaits };
    };

    it('goes on without an outer lock that cannot be asked for, and says so', async () => {
      outerLock = silentLocks(false);

      expect((await run()).said).toBe('RemoveEndpoints accepted for site-b; without the outer lock: as the test asked');
      expect(world.journal).toHaveLength(1);
    });

    it('waits for the lock where the configuration has a fence wait', async () => {
      outerLock = silentLocks(true);

      await expect(run()).rejects.toMatchObject({ type: 'LockUnavailable' });
      expect(world.journal).toEqual([]);
    });

    it('brings no site back without the lock', async () => {
      outerLock = silentLocks(false);
      const env = new MockActivityEnvironment({ startToCloseTimeoutMs: 5_000 });
      const settings = { weight: 1, clientIpPreservation: false };
      const input = {
        pair: pair.name,
        commandId: 'incident-1/1/2',
        command: { kind: 'addEndpoint', groupArn, site: 'site-b', settings },
      } as const;
      const { addEndpoint } = createRestoreCommands(dependencies());
      const added = env.run<[typeof input], CommandAccepted, Activities['addEndpoint']>(addEndpoint, input);

      await expect(added).rejects.toMatchObject({ type: 'LockUnavailable' });
      expect(world.journal).toEqual([]);
    });
  });

  it('names a pair that this worker does not know, and lets another worker try', async () => {
    const env = new MockActivityEnvironment({ startToCloseTimeoutMs: 5_000 });
    const settings = { weight: 1, clientIpPreservation: false };
    const input = {
      pair: 'another',
      commandId: 'incident-1/1/2',
      command: { kind: 'addEndpoint', groupArn, site: 'site-b', settings },
    } as const;
    const { addEndpoint } = createRestoreCommands(dependencies());
    const added = env.run<[typeof input], CommandAccepted, Activities['addEndpoint']>(addEndpoint, input);

    await expect(added).rejects.toMatchObject({ type: 'PairUnknown', nonRetryable: false });
  });
});
