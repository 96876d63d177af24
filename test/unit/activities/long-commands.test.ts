import type { Client } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDependencies } from '../../../activities/dependencies';
import { createFenceCommands } from '../../../activities/fence-commands';
import { createRestoreCommands } from '../../../activities/restore-commands';
import type { CommandAccepted, CommandInput } from '../../../activities/types';
import { seconds } from '../../../domain/time';
import { fakeArchive } from '../../support/fake-archive';
import { fakeTemporalServer } from '../../support/fake-temporal-server';
import { FakeWorld } from '../../support/fake-world';
import { pair as domainPair } from '../../support/observations';

const halfAnHour = seconds(1_800);

describe('a command that takes minutes', () => {
  let world: FakeWorld;
  let elapsedMs: number;
  let ended: string[];
  let env: MockActivityEnvironment;
  let beats: unknown[];

  beforeEach(() => {
    world = new FakeWorld();
    elapsedMs = 0;
    ended = [];
    beats = [];
    const client = {
      workflowService: { recordActivityTaskHeartbeat: async () => ({}) },
      withAbortSignal: (_signal: AbortSignal, ask: () => unknown) => ask(),
    } as unknown as Client;
    env = new MockActivityEnvironment(
      { startToCloseTimeoutMs: halfAnHour, heartbeatTimeoutMs: seconds(15) },
      { client },
    );
    env.on('heartbeat', (details: unknown) => beats.push(details));
  });

  function dependencies(): ActivityDependencies {
    const pair = { ...domainPair, caches: world.caches };
    return {
      sitePairs: new Map([[pair.name, { pair, configHash: 'cafe0000', gateways: world.gateways() }]]),
      clock: { now: () => 1_000 + elapsedMs, monotonicMs: () => elapsedMs },
      digest: (text: string) => text,
      journal: {
        readFailed: () => undefined,
        readSucceeded: () => undefined,
        commandEnded: ({ outcome }) => void ended.push(outcome),
        assessed: () => undefined,
      },
      registeredSearchAttributes: async () => [],
      archive: fakeArchive(),
      temporal: fakeTemporalServer(),
    };
  }

  function compare(): Promise<CommandAccepted> {
    const sites = { keepSite: 'site-a', staleSite: 'site-b' };
    const input: CommandInput<'compareSites'> = {
      ...{ pair: domainPair.name, commandId: 'incident-1/1/1' },
      command: { kind: 'compareSites', ...sites, caches: world.caches, epoch: 1 },
    };
    const { compareSites } = createRestoreCommands(dependencies());
    return env.run<[typeof input], CommandAccepted, typeof compareSites>(compareSites, input);
  }

  it('beats with how far it has come, and answers with what it found', async () => {
    world.setSize('site-a', 'work', 2_000);
    world.setSize('site-b', 'work', 2_000);

    const { said, comparison } = await compare();

    expect(said).toBe('compared actionTokens, work');
    expect(comparison).toMatchObject({ caches: { work: { keepEntries: 2_000, staleEntries: 2_000, differing: 0 } } });
    expect(beats).toContainEqual(expect.objectContaining({ what: 'comparing work', total: 4_200 }));
    expect(ended).toEqual(['accepted']);
  });

  it('goes on beating while a site says nothing', async () => {
    const reading = world.faults.hang('readEntryDigests', { at: 'site-b' });
    const running = compare();
    await reading.reached;
    const before = beats.length;

    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(beats.length).toBeGreaterThan(before);
    reading.release();
    await running;
  });

  it('ends as cancelled, not as failed, and does not wait for a site that says nothing', async () => {
    const reading = world.faults.hang('readEntryDigests', { at: 'site-b' });
    const running = compare();
    await reading.reached;

    env.cancel();

    await expect(running).rejects.toBeInstanceOf(CancelledFailure);
    expect(ended).toEqual(['cancelled']);
  });

  it('may send as long as its own time is not over, and not after', async () => {
    const stop = jest.fn(async () => 'stopped');
    world.workload = { 'site-b': { readState: async () => 'running', stop, start: stop } };
    const input: CommandInput<'stopApplication'> = {
      ...{ pair: domainPair.name, commandId: 'incident-1/1/1' },
      command: { kind: 'stopApplication', site: 'site-b' },
    };
    const run = (frozenMs: number): Promise<CommandAccepted> => {
      const { stopApplication } = createFenceCommands(dependencies());
      const frozen = async (...args: Parameters<typeof stopApplication>): Promise<CommandAccepted> => {
        const begun = stopApplication(...args);
        elapsedMs += frozenMs;
        return begun;
      };
      return env.run<[typeof input], CommandAccepted, typeof frozen>(frozen, input);
    };

    await expect(run(seconds(600))).resolves.toMatchObject({ said: 'stopped' });
    await expect(run(halfAnHour)).rejects.toMatchObject({ type: 'DeadlinePassed' });
    expect(stop).toHaveBeenCalledTimes(1);
  });
});
