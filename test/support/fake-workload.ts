import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import type { Sending, WorkloadGateway } from '../../gateways/ports';

type Call = keyof WorkloadGateway;

/** A site's application that is stopped and started by commands, without any. */
export class FakeWorkload implements WorkloadGateway {
  running = true;
  /** Without it no command tells the state. */
  hasStatus = true;
  /** Ids of the commands that took effect, in their order. */
  readonly stops: string[] = [];
  readonly starts: string[] = [];
  constructor(private readonly tell: (running: boolean) => void = () => undefined) {}

  private readonly failures: { call: Call; type: FailureType; afterApplying: boolean }[] = [];

  /** Makes the next call of this kind fail; with `afterApplying` it has taken effect all the same. */
  fail(call: Call, type: 'WorkloadFailed' | 'WorkloadTimedOut', afterApplying = false): void {
    this.failures.push({ call, type, afterApplying });
  }

  async readState(signal: AbortSignal) {
    if (!this.hasStatus) throw failure('NotObserved');
    this.strike('readState', signal);
    return this.running ? ('running' as const) : ('stopped' as const);
  }

  async stop({ commandId, signal }: Sending): Promise<string> {
    this.strike('stop', signal);
    this.running = false;
    this.tell(false);
    this.stops.push(commandId);
    this.strike('stop', signal, true);
    return 'stopped';
  }

  async start({ commandId, signal }: Sending): Promise<string> {
    this.strike('start', signal);
    this.running = true;
    this.tell(true);
    this.starts.push(commandId);
    this.strike('start', signal, true);
    return 'started';
  }

  private strike(call: Call, signal: AbortSignal, applied = false): void {
    if (signal.aborted) throw failure('WorkloadTimedOut');
    const index = this.failures.findIndex((each) => each.call === call && each.afterApplying === applied);
    const [struck] = index === -1 ? [] : this.failures.splice(index, 1);
    if (struck) throw failure(struck.type);
  }
}

function failure(type: FailureType): OperatingFailure {
  return new OperatingFailure(type, 'as the test asked', { retryable: type !== 'NotObserved' });
}
