import type { AlertIntake, TakenBy } from './alert-intake';
import type { Addressed, Ignored } from './alert-projection';

export type Accepted = TakenBy & { pair: string; outcome: 'started' | 'joined' };

export interface HandOver {
  accepted: Accepted[];
  ignored: Ignored[];
  /** Alerts that Temporal has not taken, for whatever reason. When there is one, the sender must send again. */
  missing: number;
  /** The first failure, for the log. */
  failure?: unknown;
}

const pairsAtOnce = 8;

/**
 * Hands alerts over to Temporal: pair by pair at the same time, within a pair one after the other in the order of the body.
 * Returns at the latest after `withinMs`, with what is certain by then; a call still under way may yet succeed,
 * which does no harm, as a repeat of an alert is recognised. After a failure nothing more is sent for that pair.
 */
export async function handOver(
  alerts: readonly Addressed[],
  options: { intake: AlertIntake; withinMs: number },
): Promise<HandOver> {
  const result: HandOver = { accepted: [], ignored: [], missing: 0 };
  const waiting = byPair(alerts);
  let open = true;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next && open; next = waiting.shift())
      await onePair(next, options.intake, result, () => open);
  };
  const workers = Array.from({ length: Math.min(pairsAtOnce, waiting.length) }, worker);
  await settledWithin(Promise.all(workers), options.withinMs);
  open = false;
  const { accepted, ignored, failure } = result;
  // A copy: calls that end later must not change an answer that was already given.
  const missing = alerts.length - accepted.length - ignored.length;
  return { accepted: [...accepted], ignored: [...ignored], missing, failure };
}

function byPair(alerts: readonly Addressed[]): Addressed[][] {
  const groups = new Map<string, Addressed[]>();
  for (const addressed of alerts) {
    const group = groups.get(addressed.pair);
    if (group) group.push(addressed);
    else groups.set(addressed.pair, [addressed]);
  }
  return [...groups.values()];
}

async function onePair(
  alerts: readonly Addressed[],
  intake: AlertIntake,
  result: HandOver,
  isOpen: () => boolean,
): Promise<void> {
  for (const { pair, alert } of alerts) {
    if (!isOpen()) return;
    try {
      const taken = await taking(pair, alert, intake);
      if (taken === 'NoOpenRun') {
        const text = `No run of ${pair} is open, so there is nothing to tell.`;
        result.ignored.push({ fingerprint: alert.fingerprint, reason: 'NoOpenRun', text });
      } else result.accepted.push({ pair, ...taken });
    } catch (failure) {
      result.failure ??= failure;
      return;
    }
  }
}

async function taking(pair: string, alert: Addressed['alert'], intake: AlertIntake) {
  if (alert.status === 'firing') {
    const { workflowId, runId, outcome } = await intake.firing(pair, alert);
    return { workflowId, runId, outcome };
  }
  const told = await intake.resolved(pair, alert);
  return told === 'NoOpenRun' ? told : { workflowId: told.workflowId, runId: told.runId, outcome: 'joined' as const };
}

async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
