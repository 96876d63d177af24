import type { CallTarget } from './journal';
import { assertNever } from './assert-never';
import { AwsError } from './aws-error';
import type { Call } from './wire';
import type { Service } from './service';

/** What can go wrong with a call. Resets and holds before applying leave the world as it was, those after do not. */
export type FaultSpec =
  | { kind: 'throttle'; retryAfterMs?: number }
  | { kind: 'internalError' }
  /** A 503 whose body is HTML, as a front end between client and service answers. */
  | { kind: 'unavailable' }
  | { kind: 'accessDenied' }
  /** Any other error by its shape name. */
  | { kind: 'error'; name: string; httpStatus: number; message?: string }
  | { kind: 'resetBeforeApplying' }
  | { kind: 'resetAfterApplying' }
  /** Nothing: lets calls by, so that a fault behind it hits a later one. */
  | { kind: 'pass' }
  /** Latency of this call alone: half of it before and half after the call takes effect. */
  | { kind: 'delay'; ms: number }
  /** The call has not taken effect and will, as late as it is released. */
  | { kind: 'holdBeforeApplying' }
  /** The call has taken effect; its reply comes when it is released. */
  | { kind: 'hold' };

export type FaultKind = FaultSpec['kind'];

/** Which calls it hits: all that are given must match. */
export interface FaultAim {
  /** One operation's name; all when absent. */
  operation?: string;
  /** A part of the raw User-Agent header, such as the id of one command. */
  userAgentContains?: string;
  /** How many calls it hits; default 1, `Infinity` for all until removed. */
  times?: number;
}

export interface HeldCall {
  operation: string;
  userAgent: string;
  target: CallTarget;
}

/** A fault that waits for its calls. */
export interface Fault {
  readonly spec: FaultSpec;
  /** Calls hit so far. */
  readonly hits: number;
  /** The first call that is being held. */
  readonly reached: Promise<HeldCall>;
  /** Lets every held call go on, and holds none from now on. */
  release(): void;
  /** Hits no further call; one that is held stays held until `release`. */
  remove(): void;
}

class ArmedFault implements Fault {
  hits = 0;
  armed = true;
  readonly reached: Promise<HeldCall>;
  private markReached: (call: HeldCall) => void = () => undefined;
  private open: () => void = () => undefined;
  private readonly gate: Promise<void>;

  constructor(
    readonly spec: FaultSpec,
    readonly aim: FaultAim,
  ) {
    this.reached = new Promise((resolve) => (this.markReached = resolve));
    this.gate = new Promise((resolve) => (this.open = resolve));
  }

  matches({ operation, userAgent }: Call): boolean {
    const { operation: aimed = operation, userAgentContains = '' } = this.aim;
    return this.armed && aimed === operation && userAgent.includes(userAgentContains);
  }

  hit(): void {
    this.hits += 1;
    if (this.hits >= (this.aim.times ?? 1)) this.remove();
  }

  async holdBack(call: HeldCall): Promise<void> {
    this.markReached(call);
    await this.gate;
  }

  release(): void {
    this.remove();
    this.open();
  }

  remove(): void {
    this.armed = false;
  }
}

/** One step of a script of faults. */
export type FaultStep = FaultSpec & FaultAim;

/** All faults of one stand-in. */
export class Faults {
  private all: ArmedFault[] = [];

  /** Arms a fault. Where several match a call, the one armed first hits it, alone. */
  inject(spec: FaultSpec, aim: FaultAim = {}): Fault {
    const fault = new ArmedFault(spec, aim);
    this.all.push(fault);
    return fault;
  }

  /** Arms a script: of the steps that match a call, the first one that is not used up hits it. */
  script(steps: readonly FaultStep[]): Fault[] {
    return steps.map((step) => this.inject(step, step));
  }

  /** Removes all faults and releases every call that is held. */
  clear(): void {
    for (const fault of this.all) fault.release();
    this.all = [];
  }

  /** The fault that hits this call, counted. */
  take(call: Call): ArmedFault | undefined {
    const fault = this.all.find((candidate) => candidate.matches(call));
    fault?.hit();
    return fault;
  }

  get armed(): (FaultStep & { hits: number })[] {
    return this.all.filter(({ armed }) => armed).map(({ spec, aim, hits }) => ({ ...spec, ...aim, hits }));
  }
}

/** The error that a fault answers instead of the operation, if it is of that kind. */
export function errorOf(spec: FaultSpec | undefined, { errors }: Service): AwsError | undefined {
  switch (spec?.kind) {
    case 'throttle':
      return new AwsError(...errors.throttled, 'Rate exceeded');
    case 'internalError':
      return new AwsError(...errors.internal, 'An internal error occurred.');
    case 'accessDenied':
      return new AwsError(...errors.accessDenied, 'User is not authorized to do this.');
    case 'error':
      return new AwsError(spec.name, spec.httpStatus, spec.message ?? 'Injected.');
    case undefined:
    case 'pass':
    case 'delay':
    case 'unavailable':
    case 'resetBeforeApplying':
    case 'resetAfterApplying':
    case 'hold':
    case 'holdBeforeApplying':
      return undefined;
    default:
      return assertNever(spec);
  }
}
