import type { EpochMs } from '../../../domain/time';
import type { Behaviour } from '../behaviour';
import type { Clock } from '../clock';
import type { Members } from '../members';
import { Accelerators, type AcceleratorState } from './state';

interface Version {
  state: AcceleratorState;
  replacedAt: EpochMs;
  /** Reads that still find it. */
  reads: number;
}

/** What reads find, which may be older than what changes act on. */
export class ReadReplica {
  private readonly past = new WeakMap<AcceleratorState, Version[]>();

  constructor(
    private readonly accelerators: Accelerators,
    private readonly clock: Clock,
    private readonly behaviour: Behaviour,
  ) {}

  /** To be called before each change. */
  remember(accelerator: AcceleratorState): void {
    const { staleReads, staleReadMs } = this.behaviour;
    if (staleReads <= 0 && staleReadMs <= 0) return;
    const now = this.clock.now();
    const past = this.past.get(accelerator)?.filter(({ replacedAt }) => replacedAt > now - staleReadMs) ?? [];
    const version = { state: structuredClone(accelerator), replacedAt: now, reads: staleReads };
    this.past.set(accelerator, [...past.map((older) => ({ ...older, reads: 0 })), version]);
  }

  /** The accelerators as one read finds them; those that the input names, or all when it names none, have been read. */
  seenBy(input: Members): Accelerators {
    const { AcceleratorArn, ListenerArn, EndpointGroupArn } = input;
    const named = AcceleratorArn ?? ListenerArn ?? EndpointGroupArn;
    const isRead = ({ arn }: AcceleratorState) => typeof named !== 'string' || named.startsWith(arn);
    return new Accelerators(
      this.accelerators.all.map((accelerator) => (isRead(accelerator) ? this.found(accelerator) : accelerator)),
    );
  }

  private found(accelerator: AcceleratorState): AcceleratorState {
    const past = this.past.get(accelerator) ?? [];
    const seenSince = this.clock.now() - this.behaviour.staleReadMs;
    const inTime = past.find(({ replacedAt }) => replacedAt > seenSince);
    const counted = past.at(-1);
    if (counted === undefined || counted.reads <= 0) return inTime?.state ?? accelerator;
    counted.reads -= 1;
    return (inTime ?? counted).state;
  }
}
