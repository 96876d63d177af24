/**
 * Whether a site is cut off from the network around it, as ActiveMQ Artemis tells it (its manual, "Network Isolation"): one success
 * is enough to be connected, only the failure of all means isolated, and where nothing is configured nothing can be said against it.
 */

/** What came of asking one target; `notCarriedOut` proves nothing, for nothing was asked (no ping program, no right to its socket). */
export type ProbeOutcome = 'reached' | 'silent' | 'notCarriedOut';

export interface NetworkProbe {
  /** Address or URL as it is configured. */
  target: string;
  outcome: ProbeOutcome;
  /** Why it was not reached, in a few words. */
  says?: string;
}

export type NetworkLook = 'connected' | 'isolated' | 'unknown';

/** What one round says. Isolated takes that every target was asked in vain: one that was not asked might have answered. */
export function lookOf(probes: readonly NetworkProbe[]): NetworkLook {
  if (probes.length === 0 || probes.some(({ outcome }) => outcome === 'reached')) return 'connected';
  return probes.every(({ outcome }) => outcome === 'silent') ? 'isolated' : 'unknown';
}

/** How often in a row the network looked alike. */
export interface NetworkRounds {
  look: NetworkLook;
  count: number;
  /** When it was looked last, in milliseconds that never go back and go on while the process or its machine stands still. */
  atMs: number;
}

export interface RoundRules {
  /** So many rounds in a row settle it, either way. */
  rounds: number;
  /** After this a round says nothing any more: the process was frozen, or its machine asleep. */
  staleAfterMs: number;
}

/** Adds a round. One that comes too late after the one before begins anew: what was between nobody knows. */
export function countRound(
  before: NetworkRounds | undefined,
  round: { look: NetworkLook; atMs: number },
  { staleAfterMs }: RoundRules,
): NetworkRounds {
  const goesOn = before?.look === round.look && round.atMs - before.atMs <= staleAfterMs;
  return { ...round, count: goesOn ? before.count + 1 : 1 };
}

/** What the rounds so far come to. Unsettled neither stops nor starts anything. */
export type SettledNetwork = 'connected' | 'isolated' | 'unsettled';

export function settledNetwork(seen: NetworkRounds | undefined, nowMs: number, rules: RoundRules): SettledNetwork {
  if (!seen || seen.look === 'unknown' || seen.count < rules.rounds) return 'unsettled';
  return nowMs - seen.atMs > rules.staleAfterMs ? 'unsettled' : seen.look;
}
