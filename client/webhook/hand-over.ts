import type { AlertIntake, TakenBy } from './alert-intake';
import type { Addressed, Ignored } from './alert-projection';

export type Accepted = TakenBy & { pair: string; outcome: 'started' | 'joined' };

export interface HandOver {
  accepted: Accepted[];
  ignored: Ignored[];
  /** Alerts that Temporal has not taken, for whatever reason. When there is one, the sender must send again. */
  missing: number;
  /** Alerts are missing merely because one try has no time for so many: none failed, and of each pair some were taken. */
  onlyMany: boolean;
  /** The first failure, for the log. */
  failure?: unknown;
}

const atOncePerPair = 8;

interface Delivery {
  intake: AlertIntake;
  result: HandOver;
  isOpen: () => boolean;
}

/**
 * Hands alerts over to Temporal: all pairs at the same time, so that none waits for another one. Within a pair the first
 * alert goes alone, for the run is told who was heard first; the others follow side by side, those of one fingerprint in
 * the order of the body. What a body says twice is handed over once.
 * Returns at the latest after `withinMs`, with what is certain by then; a call still under way may yet succeed,
 * which does no harm, as a repeat of an alert is recognised. After a failure nothing more is begun for that pair.
 */
export async function handOver(
  alerts: readonly Addressed[],
  options: { intake: AlertIntake; withinMs: number },
): Promise<HandOver> {
  const { once, repeated } = withoutRepeats(alerts);
  const result: HandOver = { accepted: [], ignored: repeated, missing: 0, onlyMany: false };
  let open = true;
  const delivery = { intake: options.intake, result, isOpen: () => open };
  const pairs = [...grouped(once, ({ pair }) => pair).values()];
  await settledWithin(Promise.all(pairs.map((pair) => onePair(pair, delivery))), options.withinMs);
  open = false;
  const { accepted, ignored, failure } = result;
  // A copy: calls that end later must not change an answer that was already given.
  const missing = alerts.length - accepted.length - ignored.length;
  const moving = new Set(accepted.map(({ pair }) => pair));
  const onlyMany = missing > 0 && failure === undefined && alerts.every(({ pair }) => moving.has(pair));
  return { accepted: [...accepted], ignored: [...ignored], missing, onlyMany, failure };
}

function withoutRepeats(alerts: readonly Addressed[]): { once: Addressed[]; repeated: Ignored[] } {
  const same = grouped(alerts, ({ pair, alert }) => JSON.stringify([pair, alert.fingerprint, alert.status]));
  const text = 'The body holds this alert twice.';
  const repeated = [...same.values()]
    .flatMap((group) => group.slice(1))
    .map(({ alert }) => ({ fingerprint: alert.fingerprint, reason: 'RepeatedInBody' as const, text }));
  return { once: [...same.values()].flatMap(([first]) => first ?? []), repeated };
}

function grouped(alerts: readonly Addressed[], keyOf: (one: Addressed) => string): Map<string, Addressed[]> {
  const groups = new Map<string, Addressed[]>();
  for (const one of alerts) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

async function onePair(alerts: readonly Addressed[], delivery: Delivery): Promise<void> {
  const waiting = [...grouped(alerts, ({ alert }) => alert.fingerprint).values()];
  let failed = false;
  const next = async (): Promise<void> => {
    for (const one of waiting.shift() ?? []) {
      if (failed || !delivery.isOpen()) return;
      if (!(await handedOver(one, delivery))) failed = true;
    }
  };
  const lane = async (): Promise<void> => {
    while (waiting.length > 0 && !failed && delivery.isOpen()) await next();
  };
  await next();
  await Promise.all(Array.from({ length: atOncePerPair }, lane));
}

async function handedOver({ pair, alert }: Addressed, { intake, result }: Delivery): Promise<boolean> {
  try {
    const taken = await taking(pair, alert, intake);
    if (taken === 'NoOpenRun') {
      const text = `No run of ${pair} is open, so there is nothing to tell.`;
      result.ignored.push({ fingerprint: alert.fingerprint, reason: 'NoOpenRun', text });
    } else result.accepted.push({ pair, ...taken });
    return true;
  } catch (failure) {
    result.failure ??= failure;
    return false;
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
