import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import type { HealthGateway, ReplicationGateway, TrafficGateway } from '../../gateways/ports';

export type Call = keyof TrafficGateway | keyof ReplicationGateway | keyof HealthGateway;

export interface FaultOptions {
  /** Site or endpoint group whose calls are meant; all of them when absent. */
  at?: string;
  /** How often; `Infinity` until `clear`. */
  times?: number;
  /** The call takes effect first and its answer is lost: the ambiguous commit. */
  afterApplying?: boolean;
}

export interface Hanging {
  /** Settles when the first call hangs. */
  reached: Promise<void>;
  /** Lets the hanging calls, and all later ones, go on. */
  release(): void;
}

interface Fault extends Required<Pick<FaultOptions, 'times' | 'afterApplying'>> {
  call: Call;
  at?: string;
  strike(signal: AbortSignal): Promise<void>;
}

/** Switches that make single calls of the fakes fail or hang. */
export class FakeFaults {
  private faults: Fault[] = [];

  /** Makes the next calls fail. A failure type stands for a retryable failure of that type. */
  fail(call: Call, failure: FailureType | OperatingFailure, options: FaultOptions = {}): void {
    const error = typeof failure === 'string' ? failed(failure) : failure;
    this.add(call, { times: 1, ...options }, () => Promise.reject(error));
  }

  /** Makes calls hang until released, or until their signal ends them as unreachable. */
  hang(call: Call, options: FaultOptions = {}): Hanging {
    let release!: () => void;
    let reach!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => (reach = resolve));
    this.add(call, { times: Infinity, ...options }, async (signal) => {
      reach();
      await Promise.race([released, endOf(signal, call)]);
    });
    return { reached, release };
  }

  clear(): void {
    this.faults = [];
  }

  /** Called by the fakes on the way in, and again once the call has taken effect. */
  async strike(call: Call, at: string | undefined, signal: AbortSignal, applied = false): Promise<void> {
    if (signal.aborted) throw failed(unreachable(call));
    const fault = this.faults.find(
      (each) => each.call === call && each.times > 0 && each.afterApplying === applied && (!each.at || each.at === at),
    );
    if (!fault) return;
    fault.times -= 1;
    await fault.strike(signal);
  }

  private add(call: Call, options: FaultOptions, strike: Fault['strike']): void {
    const { at, times = 1, afterApplying = false } = options;
    this.faults.push({ call, at, times, afterApplying, strike });
  }
}

/** What a gateway of this kind says when nobody answers. */
export function unreachable(call: Call): FailureType {
  if (call === 'probe') return 'HealthUnreachable';
  return trafficCalls.has(call) ? 'TrafficUnreachable' : 'InfinispanUnreachable';
}

export function failed(type: FailureType, message = 'as the test asked', retryable = true): OperatingFailure {
  return new OperatingFailure(type, message, { retryable });
}

const trafficCalls: ReadonlySet<Call> = new Set<Call>([
  'readStatus',
  'readGroups',
  'readGroup',
  'removeEndpoint',
  'addEndpoint',
]);

function endOf(signal: AbortSignal, call: Call): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(failed(unreachable(call), 'not answered in time')), { once: true });
  });
}
