import type { EpochMs } from '../../domain/time';
import type { FaultKind } from './faults';
import type { EndpointNow } from './service';
import { Watchers, type Patience } from './watchers';

/** What a call was about, as far as its members say. */
export interface CallTarget {
  acceleratorArn?: string;
  listenerArn?: string;
  groupArn?: string;
  endpointIds?: string[];
  loadBalancerArns?: string[];
  secretId?: string;
  /** `<bucket>/<key>`, or of a list `<bucket>/<prefix>`. */
  object?: string;
}

/** One call, written when it took effect or was refused; the reply may still be under way, or held. */
export interface JournalEntry {
  /** 1, 2, 3 ... in the order in which calls took effect. */
  seq: number;
  arrivedAt: EpochMs;
  /** When it took effect or was refused. */
  at: EpochMs;
  service: string;
  operation: string;
  target: CallTarget;
  userAgent: string;
  /** `ok`, the name of the error answered, `ConnectionReset` or `ServiceUnavailable` (a 503 that is not JSON). */
  outcome: string;
  /** Absent where the connection was reset. */
  httpStatus?: number;
  /** Whether the operation itself ran and succeeded, whatever the caller was told. */
  applied: boolean;
  fault?: FaultKind;
  /** The endpoints of the called group right after the call. */
  endpoints?: EndpointNow[];
  /** When the reply was written, or the connection reset. */
  answeredAt?: EpochMs;
  /** When the caller hung up without waiting for its reply. */
  clientGoneAt?: EpochMs;
}

const kept = 10_000;

export class Journal {
  private readonly watchers = new Watchers();
  private readonly written: JournalEntry[] = [];
  private seq = 0;

  /** Oldest first; the latest 10,000. */
  get entries(): readonly JournalEntry[] {
    return this.written;
  }

  /** Number of the latest entry: pass it as `after` to wait for something newer. */
  get latest(): number {
    return this.seq;
  }

  /** Entries of one operation, or of several. */
  of(...operations: string[]): JournalEntry[] {
    return this.written.filter(({ operation }) => operations.includes(operation));
  }

  /**
   * Waits for an entry, present or future, for which the predicate holds. It is asked again when the entry changes,
   * so `entry.answeredAt !== undefined` waits for the reply. Fails after `withinMs` with the last calls in the message.
   */
  until(
    predicate: (entry: JournalEntry) => boolean,
    { after = 0, ...patience }: Patience & { after?: number } = {},
  ): Promise<JournalEntry> {
    const find = () => this.written.find((entry) => entry.seq > after && predicate(entry));
    return this.watchers.until(find, () => this.lastCalls(), { what: 'a matching call', ...patience });
  }

  record(entry: Omit<JournalEntry, 'seq'>): JournalEntry {
    const recorded = { seq: ++this.seq, ...entry };
    this.written.push(recorded);
    if (this.written.length > kept) this.written.shift();
    this.watchers.changed();
    return recorded;
  }

  amend(entry: JournalEntry, change: Pick<JournalEntry, 'answeredAt' | 'clientGoneAt'>): void {
    Object.assign(entry, change);
    this.watchers.changed();
  }

  close(): void {
    this.watchers.close();
  }

  private lastCalls(): string {
    if (this.written.length === 0) return 'There were no calls at all.';
    const lines = this.written.slice(-10).map(({ seq, operation, outcome, userAgent, endpoints }) => {
      const left = endpoints === undefined ? '' : ` [${endpoints.map(({ endpointId }) => endpointId).join(', ')}]`;
      return `  #${seq} ${operation} ${outcome}${left} by ${userAgent}`;
    });
    return `The last calls of ${this.written.length}:\n${lines.join('\n')}`;
  }
}

export function targetOf(input: Readonly<Record<string, unknown>>): CallTarget {
  const text = (name: string) => (typeof input[name] === 'string' ? input[name] : undefined);
  const list = input['EndpointConfigurations'] ?? input['EndpointIdentifiers'];
  const loadBalancers = input['ResourceArns'] ?? input['LoadBalancerArns'];
  const ids = Array.isArray(list) ? list.map((item: { EndpointId?: unknown } | null) => String(item?.EndpointId)) : [];
  return {
    ...named('acceleratorArn', text('AcceleratorArn')),
    ...named('listenerArn', text('ListenerArn')),
    ...named('groupArn', text('EndpointGroupArn')),
    ...(Array.isArray(list) ? { endpointIds: ids } : {}),
    ...(Array.isArray(loadBalancers) ? { loadBalancerArns: loadBalancers.map(String) } : {}),
    ...named('secretId', text('SecretId')),
    ...named('object', text('Bucket') && `${text('Bucket')}/${text('Key') ?? text('Prefix') ?? ''}`),
  };
}

/** A member only where there is a value, so that printed entries stay short. */
function named<K extends keyof CallTarget>(key: K, value: CallTarget[K]): Pick<CallTarget, K> | object {
  return value === undefined ? {} : { [key]: value };
}
