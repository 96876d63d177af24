import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { alertPathWorkflowId } from '../workflows/contract/ids';
import type { AlertPathInput } from '../workflows/contract/inputs';
import { hearAlertPathType } from './start-options';
import type { AlertPathIntake } from './webhook/alert-path-intake';

/** Well under the time that a webhook's sender waits. */
const withinMs = 5_000;
/** A watchdog repeats itself every few minutes; to say that it does, not every repeat has to be kept. */
const recordedEveryMs = 10 * 60_000;

/**
 * Keeps in Temporal when the alert path of a pair was heard: at most one record in ten minutes for each site, however many
 * webhooks there are (two at the same instant may make two, which say the same).
 */
export class AlertPathRecords implements AlertPathIntake {
  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
    private readonly now: () => number = Date.now,
  ) {}

  async heard({ pair, reporter }: AlertPathInput): Promise<void> {
    await this.client.withDeadline(Date.now() + withinMs, async () => {
      if (!(await this.isRecorded(pair, reporter))) await this.record({ pair, reporter });
    });
  }

  private async isRecorded(pair: string, reporter: string): Promise<boolean> {
    try {
      const { startTime } = await this.client.workflow.getHandle(alertPathWorkflowId(pair, reporter)).describe();
      // Whichever of the two clocks is ahead.
      return Math.abs(this.now() - startTime.getTime()) < recordedEveryMs;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private async record(input: AlertPathInput): Promise<void> {
    try {
      await this.client.workflow.start(hearAlertPathType, {
        workflowId: alertPathWorkflowId(input.pair, input.reporter),
        taskQueue: this.taskQueue,
        args: [input],
        // Without a worker it would stay open, and stand in the way of the next record.
        workflowRunTimeout: '5 minutes',
        staticSummary: `alert path of ${input.pair}: ${input.reporter} was heard`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}
