import { workflowInfo } from '@temporalio/workflow';
import type { Phase, RunState } from '../domain/state';

/**
 * What each phase costs in Temporal: events of its history, and billable actions (Temporal Cloud documentation, "Actions":
 * a start, each activity attempt that is not a retry, signal, update, timer and upsert; a retry of a watch is not seen here).
 */
export class CostMeter {
  private actions = 1;
  private eventsTold = 0;

  constructor(private readonly state: RunState) {}

  count(actions = 1): void {
    this.actions += actions;
  }

  /** Books what was spent since the last time on the phase that it was spent in. */
  book(phase: Phase, at: number): void {
    const { historyLength } = workflowInfo();
    const before = this.state.costs ?? [];
    const last = before.at(-1) ?? { phase, from: this.state.startedAt, events: 0, actions: 0 };
    const events = last.events + Math.max(0, historyLength - this.eventsTold);
    const booked = [...before.slice(0, -1), { ...last, events, actions: last.actions + this.actions }];
    const next = { phase, from: at, events: 0, actions: 0 };
    // A run that goes back and forth for weeks keeps its beginning and its end.
    const kept = booked.length > 60 ? [...booked.slice(0, 30), ...booked.slice(-30)] : booked;
    this.state.costs = last.phase === phase ? kept : [...kept, next];
    this.eventsTold = historyLength;
    this.actions = 0;
  }
}
