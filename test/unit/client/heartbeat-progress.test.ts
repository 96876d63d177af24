import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { heartbeatProgress } from '../../../client/heartbeat-progress';

const progress = { what: 'comparing sessions', done: 300, total: 1_204, since: 1_000, at: 3_000 };

/** A description whose run has an activity under way for each of these last heartbeats. */
function describedWith(...details: readonly unknown[]): WorkflowExecutionDescription {
  const pendingActivities = details.map((value) => ({
    heartbeatDetails: value === undefined ? null : { payloads: [defaultPayloadConverter.toPayload(value)] },
  }));
  return { raw: { pendingActivities } } as unknown as WorkflowExecutionDescription;
}

describe('how far a long command has come, by its heartbeats', () => {
  it('is what the activity told last, whichever of several it is', () => {
    expect(heartbeatProgress(describedWith(undefined, progress))).toEqual(progress);
  });

  it.each([
    ['no activity is under way', []],
    ['none has told anything', [undefined]],
    ['what was told is no progress', ['half way', { done: 3 }, null]],
  ])('is unknown while %s', (_, details) => {
    expect(heartbeatProgress(describedWith(...details))).toBeUndefined();
  });

  it('is unknown where the bytes cannot be decoded', () => {
    const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') };
    const raw = { pendingActivities: [{ heartbeatDetails: { payloads: [payload] } }] };

    expect(heartbeatProgress({ raw })).toBeUndefined();
  });
});
