import { CancellationScope } from '@temporalio/workflow';
import type { Command } from '../domain/command';
import { recordOutcome, type Asking } from '../domain/command-outcome';
import type { RunState } from '../domain/state';
import { runCommand } from './command-runner';
import type { TaskQueues } from './contract/task-queues';

/**
 * The one long command that goes on beside the loop, so that the guard looks and acts meanwhile. Its outcome is written into
 * the state when it comes; `ended` grows with each.
 */
export class Beside {
  ended = 0;
  private scope: CancellationScope | undefined;

  constructor(
    private readonly state: RunState,
    private readonly queues: TaskQueues,
    private readonly now: () => number,
  ) {
    // What ran under a former history is not heard of any more.
    this.state.commands = { ...state.commands, running: undefined };
  }

  get isBusy(): boolean {
    return this.state.commands.running !== undefined;
  }

  /** Only what protects is started while another one runs, and that one is given up for it. */
  start(command: Command, commandId: string, asked: Asking): void {
    this.drop();
    const scope = new CancellationScope();
    this.scope = scope;
    const sentAt = this.now();
    this.state.commands = { ...this.state.commands, running: { command, commandId, since: sentAt } };
    void scope
      .run(() => runCommand({ pair: this.state.pair, commandId, command }, this.queues))
      .then((outcome) => {
        // Given up by this run itself: whatever came of it is nothing to go by.
        if (this.scope !== scope) return;
        const endedAt = asked.at + this.now() - sentAt;
        const commands = recordOutcome(this.state.commands, command, outcome, endedAt, asked);
        this.state.commands = { ...commands, running: undefined };
        this.ended += 1;
      });
  }

  /** Gives up a comparison that was begun in another epoch: it could not count any more, and the next one must not wait for it. */
  dropVoid(): void {
    const { running } = this.state.commands;
    if (running?.command.kind === 'compareSites' && running.command.epoch !== this.state.known.epoch) this.drop();
  }

  drop(): void {
    const { scope } = this;
    this.scope = undefined;
    if (this.state.commands.running) this.state.commands = { ...this.state.commands, running: undefined };
    scope?.cancel();
  }
}
