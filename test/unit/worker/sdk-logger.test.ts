import { createSdkLogger } from '../../../worker/sdk-logger';
import { readableLog } from '../../support/log-lines';

const native = { sdkComponent: 'core' };

describe("the SDK's lines", () => {
  function started() {
    const { logger, lines } = readableLog();
    const time = { elapsedMs: 0 };
    return { sdk: createSdkLogger(logger, () => time.elapsedMs), lines, time };
  }

  it('have our form, and hold no task token', () => {
    const { sdk, lines } = started();

    sdk.info('Worker state changed', { taskToken: 'canary', state: 'RUNNING' });

    expect(lines).toMatchObject([
      { level: 'info', process: 'worker', message: 'Worker state changed', sdk: { state: 'RUNNING' } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('a warning that is repeated with another number is said once a minute, with how often it was left out', () => {
    const { sdk, lines, time } = started();

    sdk.warn('gRPC call poll_activity_task_queue retried 6 times', native);
    sdk.warn('gRPC call poll_activity_task_queue retried 7 times', native);
    sdk.warn('gRPC call poll_workflow_task_queue retried 6 times', native);
    time.elapsedMs = 60_000;
    sdk.warn('gRPC call poll_activity_task_queue retried 8 times', native);

    expect(lines.map(({ message, leftOut }) => [message, leftOut])).toEqual([
      ['gRPC call poll_activity_task_queue retried 6 times', undefined],
      ['gRPC call poll_workflow_task_queue retried 6 times', undefined],
      ['gRPC call poll_activity_task_queue retried 8 times', 1],
    ]);
  });

  it('an error of the native part, and whatever its other parts say of an activity, is said each time', () => {
    const { sdk, lines } = started();

    sdk.error('gRPC call failed', native);
    sdk.error('gRPC call failed', native);
    sdk.warn('Activity failed', { sdkComponent: 'worker', activityType: 'removeEndpoint' });
    sdk.warn('Activity failed', { sdkComponent: 'worker', activityType: 'takeBackupOffline' });

    expect(lines).toHaveLength(4);
  });
});
