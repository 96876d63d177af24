import type { Behaviour } from '../behaviour';
import type { Clock } from '../clock';
import type { AcceleratorState } from './state';

/**
 * Carries changes from the control plane to the data plane. An accelerator is IN_PROGRESS from a change on, and DEPLOYED
 * when `deploymentMs` have passed since the latest one and the data plane has followed (API reference, Accelerator: Status).
 */
export class Deployments {
  private readonly latest = new WeakMap<AcceleratorState, number>();
  private readonly scheduled = new Set<() => void>();
  private changes = 0;

  constructor(
    private readonly clock: Clock,
    private readonly behaviour: Behaviour,
    private readonly changed: () => void,
  ) {}

  begin(accelerator: AcceleratorState): void {
    const { deploymentMs, dataPlaneLagMs } = this.behaviour;
    const change = ++this.changes;
    this.latest.set(accelerator, change);
    accelerator.status = 'IN_PROGRESS';
    accelerator.modifiedAt = this.clock.now();
    this.later(dataPlaneLagMs, intoForce(accelerator));
    this.later(Math.max(deploymentMs, dataPlaneLagMs), () => {
      if (this.latest.get(accelerator) === change) accelerator.status = 'DEPLOYED';
    });
  }

  close(): void {
    for (const callOff of this.scheduled) callOff();
    this.scheduled.clear();
  }

  private later(ms: number, run: () => void): void {
    if (ms <= 0) {
      run();
      return;
    }
    const callOff = this.clock.after(ms, () => {
      this.scheduled.delete(callOff);
      run();
      this.changed();
    });
    this.scheduled.add(callOff);
  }
}

/** Takes the settings as they are now: a later change may be made before these come into force. */
function intoForce({ listeners }: AcceleratorState): () => void {
  const settings = listeners
    .flatMap(({ groups }) => groups)
    .map((group) => ({ group, inForce: { dial: group.dial, endpoints: group.endpoints } }));
  return () => {
    for (const { group, inForce } of settings) group.inForce = inForce;
  };
}
