import type { Behaviour } from '../behaviour';
import type { Clock } from '../clock';
import type { AcceleratorState } from './state';

/**
 * An accelerator's status: IN_PROGRESS from a mutation on, DEPLOYED when `deploymentMs` have passed since the latest one
 * (API reference, Accelerator: Status).
 */
export class Deployments {
  private readonly running = new Map<AcceleratorState, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly behaviour: Behaviour,
    private readonly changed: () => void,
  ) {}

  begin(accelerator: AcceleratorState): void {
    this.running.get(accelerator)?.();
    accelerator.status = 'IN_PROGRESS';
    accelerator.modifiedAt = this.clock.now();
    if (this.behaviour.deploymentMs <= 0) this.end(accelerator);
    else
      this.running.set(
        accelerator,
        this.clock.after(this.behaviour.deploymentMs, () => this.end(accelerator)),
      );
  }

  close(): void {
    for (const callOff of this.running.values()) callOff();
    this.running.clear();
  }

  private end(accelerator: AcceleratorState): void {
    this.running.delete(accelerator);
    accelerator.status = 'DEPLOYED';
    this.changed();
  }
}
