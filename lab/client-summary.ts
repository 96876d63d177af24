/** One login as the client saw it. */
export interface LoginRecord {
  /** When it began. */
  at: Date;
  tookMs: number;
  /** `refused`: an error status, no connection, or no answer before the client gave up. */
  outcome: 'ok' | 'slow' | 'refused';
  /** Who served it, where an answer came. */
  site?: string;
  /** Of a refusal: `HTTP 503`, `ECONNRESET`, `ABORT_ERR` (the client gave up). */
  why?: string;
  /** Whether this client uses one connection for all its logins, or a new one for each. */
  keepsConnection: boolean;
}

/** What clients felt in a span of time. */
export interface ClientSummary {
  logins: number;
  ok: number;
  slow: number;
  refused: number;
  /** Reasons of the refusals, and how often. */
  refusals: Record<string, number>;
  /** Successful logins by the site that served them. */
  servedBy: Record<string, number>;
  /** From the beginning of the first login that was slow or refused to the end of the last one; absent when none was. */
  felt?: { from: Date; to: Date; seconds: number };
  /** Of logins that succeeded. */
  medianMs: number;
  longestMs: number;
}

export function summaryOf(records: readonly LoginRecord[]): ClientSummary {
  const having = (outcome: LoginRecord['outcome']) => records.filter((record) => record.outcome === outcome);
  const [slow, refused] = [having('slow'), having('refused')];
  const succeeded = records.filter(({ outcome }) => outcome !== 'refused');
  const tookMs = succeeded.map((record) => record.tookMs).sort((left, right) => left - right);
  return {
    logins: records.length,
    ok: records.length - slow.length - refused.length,
    slow: slow.length,
    refused: refused.length,
    refusals: countBy(refused, ({ why }) => why ?? 'unknown'),
    servedBy: countBy(succeeded, ({ site }) => site ?? 'unknown'),
    felt: spanOf([...slow, ...refused]),
    medianMs: tookMs[Math.floor(tookMs.length / 2)] ?? 0,
    longestMs: tookMs.at(-1) ?? 0,
  };
}

function spanOf(felt: readonly LoginRecord[]): ClientSummary['felt'] {
  if (felt.length === 0) return undefined;
  const from = Math.min(...felt.map(({ at }) => at.getTime()));
  const to = Math.max(...felt.map(({ at, tookMs }) => at.getTime() + tookMs));
  return { from: new Date(from), to: new Date(to), seconds: (to - from) / 1_000 };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
