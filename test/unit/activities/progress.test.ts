import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { readProgress } from '../../../activities/progress';
import { createWatch } from '../../../activities/watch';
import type { AssessPairResult } from '../../../activities/types';
import type { Progress } from '../../../domain/comparison';
import { wait } from '../../../domain/next';
import { tenthsOf } from '../../../domain/progress';
import { newRunState, type RunState } from '../../../domain/state';

const progress: Progress = { what: 'comparing work', done: 450, total: 1_000, since: 1, at: 2 };
const command = { kind: 'stopApplication', site: 'site-b' } as const;
const started = newRunState({ pair: 'pair', goal: 'protect', incident: 'incident-1', startedAt: 0 });
const running: RunState = {
  ...started,
  commands: { ...started.commands, running: { command, commandId: 'incident-1/1/7', since: 0 } },
};

describe('how far a long command has come', () => {
  function read(state: RunState, pendingActivities: unknown): Promise<Progress | undefined> {
    const client = {
      workflowService: { describeWorkflowExecution: async () => ({ pendingActivities }) },
      withDeadline: (_deadline: number, ask: () => unknown) => ask(),
      withAbortSignal: (_signal: AbortSignal, ask: () => unknown) => ask(),
    } as unknown as Client;
    const env = new MockActivityEnvironment({}, { client });
    return env.run<[], Progress | undefined, () => Promise<Progress | undefined>>(() => readProgress(state));
  }
  const pending = (activityId: string, told: unknown) => [
    { activityId: 'another', heartbeatDetails: null },
    { activityId, heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(told)] } },
  ];

  it('is what its attempt told Temporal last', async () => {
    expect(await read(running, pending('incident-1/1/7', progress))).toEqual(progress);
  });

  it.each<[string, RunState, unknown]>([
    ['nothing runs', started, pending('incident-1/1/7', progress)],
    ['another one runs', running, pending('incident-1/1/6', progress)],
    ['it has told nothing yet', running, [{ activityId: 'incident-1/1/7' }]],
    ['it tells something else', running, pending('incident-1/1/7', 'working on it')],
    ['the answer makes no sense', running, 'nothing'],
  ])('is not known when %s', async (_, state, told) => {
    expect(await read(state, told)).toBeUndefined();
  });

  it('is not known outside of an activity either, and nothing fails', async () => {
    expect(await readProgress(running)).toBeUndefined();
  });

  it('counts in whole tenths; nothing to do is none of it', () => {
    expect([0, 99, 100, 450, 1_000].map((done) => tenthsOf({ ...progress, done }))).toEqual([0, 0, 1, 4, 10]);
    expect(tenthsOf({ ...progress, done: 0, total: 0 })).toBe(0);
  });
});

describe('a watch beside a long command', () => {
  const next = wait('the comparison');
  const seen = { verdict: { kind: 'fenced', because: 'it is' }, next, progress } as unknown as AssessPairResult;
  const watch = (shownTenths?: number) =>
    createWatch(async () => seen)({
      pair: 'pair',
      state: running,
      next,
      ...(shownTenths === undefined ? {} : { shownTenths }),
    });

  it('ends when another tenth is done', async () => {
    await expect(watch(3)).resolves.toBe(seen);
  });

  it.each([4, 5, undefined])(
    'goes on when that was shown already, or when nobody wants to know (%s)',
    async (tenths) => {
      await expect(watch(tenths)).rejects.toMatchObject({ type: 'NotYet' });
    },
  );
});

describe('a watch of a wait with an end', () => {
  const looksAgainIn = async (untilEndMs: number | undefined, pace: 'fast' | 'slow') => {
    const at = 1_000_000;
    const next = wait('its end', { until: untilEndMs === undefined ? undefined : at + untilEndMs, pace });
    const seen = { verdict: { kind: 'fenced', because: 'it is' }, next, at } as unknown as AssessPairResult;
    const failure: unknown = await createWatch(async () => seen)({ pair: 'pair', state: running, next }).catch(
      (error: unknown) => error,
    );
    return (failure as { nextRetryDelay?: unknown }).nextRetryDelay;
  };

  it.each([
    ['as soon as it ends', 400, 'fast', 400],
    ['as soon as it ends, also at a slow pace', 1_700, 'slow', 1_700],
    ['at its pace while the end is further off', 60_000, 'slow', 5_000],
    ['at its pace once the end is over', 0, 'fast', 1_000],
    ['at its pace without an end', undefined, 'slow', 5_000],
  ] as const)('looks again %s', async (_when, untilEndMs, pace, expected) => {
    expect(await looksAgainIn(untilEndMs, pace)).toBe(expected);
  });
});
