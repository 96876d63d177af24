import type { WorkflowInterceptors } from '@temporalio/workflow';

/** Makes workflow code that has a mistake: it throws, plainly, where the detach is to be scheduled. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        if (input.activityType === 'takeBackupOffline') throw new Error('a mistake in the workflow code');
        return next(input);
      },
    },
  ],
});
