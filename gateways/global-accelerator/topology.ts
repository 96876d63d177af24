import { acceleratorArnOf } from '../../domain/accelerator-name';
import { OperatingFailure } from '../../domain/failure-types';
import { endedBy } from '../ended-by';
import type { Calls } from './calls';
import { timeUp } from '../../runtime/time-up';

export interface TopologyOptions {
  calls: Pick<Calls, 'describeAccelerator' | 'listAccelerators' | 'listListeners' | 'listGroups'>;
  accelerator: { arn?: string; dnsName?: string };
  /** Where they are configured, nothing is searched for. */
  endpointGroupArns?: readonly string[];
  loadBalancerArns: readonly string[];
  clock: () => number;
}

export interface Topology {
  acceleratorArn: string;
  groupArns: readonly string[];
}

interface SearchResult {
  topology: Topology;
  listed: ReadonlySet<string>;
}

// Longer than one read: a first search through many pages must be able to finish, or no read ever would.
const searchMs = 10_000;

/**
 * Which accelerator and which of its endpoint groups belong to the pair.
 * A group that held a site's endpoint once stays in: after a fence it must still be read.
 * One search runs at a time, apart from the reads that wait for it.
 */
export class TopologyFinder {
  private found: Topology | undefined;
  private searching: Promise<SearchResult> | undefined;
  private searchedAt = -Infinity;

  constructor(private readonly options: TopologyOptions) {
    const arns = options.endpointGroupArns ?? [];
    if (arns[0]) this.found = { acceleratorArn: acceleratorArnOf(arns[0]), groupArns: arns };
  }

  /** What is known, or the result of a search. Fails as the search did, or when the signal ends. */
  async current(signal: AbortSignal): Promise<Topology> {
    return this.found ?? (await endedBy(signal, tooLate, () => this.search())).topology;
  }

  /**
   * Searches again after a group turned out to be gone, and drops it if it is not listed any more either.
   * @returns what is left; `undefined` where the group is still listed, or configured.
   */
  async without(goneArn: string, signal: AbortSignal): Promise<Topology | undefined> {
    if (this.isConfigured()) return undefined;
    const { listed, topology } = await endedBy(signal, tooLate, () => this.search());
    if (listed.has(goneArn)) return undefined;
    const groupArns = topology.groupArns.filter((arn) => arn !== goneArn);
    if (groupArns.length === 0) throw notFound(`The last endpoint group that held a site is gone: ${goneArn}.`);
    return (this.found = { ...topology, groupArns });
  }

  /** Looks for new groups, if that was last done longer ago than `everyMs`; nobody waits for it. */
  refresh(everyMs: number): void {
    if (this.isConfigured() || this.options.clock() - this.searchedAt < everyMs) return;
    // What is known stays in use; the next read tells whether the accelerator can be reached.
    this.search().catch(() => undefined);
  }

  private isConfigured(): boolean {
    return Boolean(this.options.endpointGroupArns?.length);
  }

  private search(): Promise<SearchResult> {
    this.searchedAt = this.options.clock();
    this.searching ??= this.searchOnce().finally(() => (this.searching = undefined));
    return this.searching;
  }

  private async searchOnce(): Promise<SearchResult> {
    const signal = timeUp(searchMs);
    const { calls, loadBalancerArns } = this.options;
    const acceleratorArn = await this.acceleratorArn(signal);
    const listeners = await calls.listListeners(acceleratorArn, signal);
    const groups = (
      await Promise.all(listeners.map((listener) => calls.listGroups(listener.ListenerArn, signal)))
    ).flat();
    const holding = groups.filter((group) =>
      group.EndpointDescriptions.some(({ EndpointId }) => loadBalancerArns.includes(EndpointId)),
    );
    const before = this.found?.groupArns ?? [];
    const groupArns = [...new Set([...before, ...holding.map((group) => group.EndpointGroupArn)])];
    // No group is not "out of traffic in every group": it is not known where the pair's traffic goes.
    if (groupArns.length === 0) throw notFound(`No endpoint group of ${acceleratorArn} holds either site.`);
    const topology = (this.found = { acceleratorArn, groupArns });
    return { topology, listed: new Set(groups.map((group) => group.EndpointGroupArn)) };
  }

  private async acceleratorArn(signal: AbortSignal): Promise<string> {
    const { accelerator, calls } = this.options;
    const known = accelerator.arn ?? this.found?.acceleratorArn;
    if (known) return known;
    const wanted = accelerator.dnsName?.toLowerCase();
    const all = await calls.listAccelerators(signal);
    // By both names as AWS tells them: that one can be made from the other is documented nowhere.
    const matching = all.filter(({ DnsName, DualStackDnsName }) =>
      [DnsName, DualStackDnsName].some((name) => name !== undefined && name.toLowerCase() === wanted),
    );
    // A page that shifts while it is turned may show one accelerator twice.
    const [arn, ...others] = new Set(matching.map(({ AcceleratorArn }) => AcceleratorArn));
    if (!arn) throw notFound(`None of the ${all.length} accelerators has the DNS name ${accelerator.dnsName}.`);
    if (others.length > 0) throw ambiguous(accelerator.dnsName, [arn, ...others]);
    return arn;
  }
}

function notFound(message: string): OperatingFailure {
  return new OperatingFailure('TrafficNotFound', message, { retryable: false });
}

function ambiguous(dnsName: string | undefined, arns: readonly string[]): OperatingFailure {
  const message = `${arns.length} accelerators have the DNS name ${dnsName}: ${arns.join(', ')}. Write the arn of the one that is meant.`;
  return new OperatingFailure('TrafficAmbiguous', message, { retryable: false });
}

function tooLate(): OperatingFailure {
  return new OperatingFailure('TrafficUnreachable', 'The endpoint groups were not found in time.', { retryable: true });
}
