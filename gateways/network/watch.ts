import { setTimeout as wait } from 'node:timers/promises';
import {
  countRound,
  lookOf,
  settledNetwork,
  type NetworkProbe,
  type NetworkRounds,
  type RoundRules,
  type SettledNetwork,
} from '../../domain/isolation';
import type { NetworkGateway } from '../ports';

export interface NetworkWatchOptions {
  gateway: NetworkGateway;
  rules: RoundRules;
  periodMs: number;
  elapsedMs: () => number;
  /** Told after each round. */
  onRound: (round: { probes: readonly NetworkProbe[]; settled: SettledNetwork }) => void;
}

/** After so long a round says nothing any more, and rounds further apart than that do not count together. */
export const staleAfterMs = ({ periodMs, timeoutMs }: { periodMs: number; timeoutMs: number }): number =>
  3 * periodMs + 2 * timeoutMs;

/** Asks the network round after round, each begun a period after the one before began, or as soon as that is over. */
export class NetworkWatch {
  private readonly closing = new AbortController();
  private seen: NetworkRounds | undefined;
  private going: Promise<void> | undefined;
  /** Of the last round. */
  probes: readonly NetworkProbe[] = [];

  constructor(private readonly options: NetworkWatchOptions) {}

  start(): void {
    this.going = this.goOn();
  }

  settled(): SettledNetwork {
    const { rules, elapsedMs } = this.options;
    return settledNetwork(this.seen, elapsedMs(), rules);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.going;
  }

  /** Dated when it begins: an answer that came while the process was frozen is as old as its question. */
  private async round(): Promise<void> {
    const { gateway, rules, elapsedMs, onRound } = this.options;
    const atMs = elapsedMs();
    this.probes = await gateway.probe(this.closing.signal);
    if (this.closing.signal.aborted) return;
    this.seen = countRound(this.seen, { look: lookOf(this.probes), atMs }, rules);
    onRound({ probes: this.probes, settled: this.settled() });
  }

  private async goOn(): Promise<void> {
    const { periodMs, elapsedMs } = this.options;
    const { signal } = this.closing;
    while (!signal.aborted) {
      const begunMs = elapsedMs();
      await this.round();
      const leftMs = Math.max(0, periodMs - (elapsedMs() - begunMs));
      await wait(leftMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
