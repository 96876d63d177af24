import { Gauge, type Registry } from 'prom-client';
import type { ReadinessReport } from '../domain/readiness/report';
import { inTime } from '../runtime/in-time';
import { rememberedGauges } from './remembered-gauges';

/** Longer than that of runs: a report is new every half hour, and a scrape must not cost more than it. */
const rememberedMs = 30_000;

export interface ReadinessGaugesOptions {
  registry: Registry;
  /** By pair: how often it is looked through. */
  everySeconds: Readonly<Record<string, number>>;
  /** The pair's newest report, if there is one; fails when Temporal could not be asked. */
  lastReport: (pair: string) => Promise<ReadinessReport | undefined>;
  withinMs: number;
  monotonicMs: () => number;
}

type Reports = readonly ReadinessReport[];

/**
 * What the newest reports of all pairs say, read from Temporal when the metrics are asked for: every worker shows the same, whichever
 * assessed. A pair without a report, or whose report could not be read, has no series but its interval.
 */
export function registerReadinessGauges(options: ReadinessGaugesOptions): void {
  const { registry, everySeconds } = options;
  const gauge = rememberedGauges({ ...options, read: () => readReports(options), rememberedMs });
  gauge(
    'sitewarden_readiness_findings',
    'What the last assessment of readiness found, by check.',
    ['pair', 'check'],
    (shown, read) =>
      read.forEach(({ pair, checks }) =>
        checks.forEach(({ name, findings }) => shown.set({ pair, check: name }, findings.length)),
      ),
  );
  gauge(
    'sitewarden_readiness_assessed_timestamp_seconds',
    'When the readiness of the pair was last assessed.',
    ['pair'],
    (shown, read) => read.forEach(({ pair, at }) => shown.set({ pair }, at / 1_000)),
  );
  const interval = new Gauge({
    name: 'sitewarden_readiness_interval_seconds',
    help: 'How often the readiness of the pair is to be assessed.',
    labelNames: ['pair'],
    registers: [registry],
  });
  for (const [pair, seconds] of Object.entries(everySeconds)) interval.set({ pair }, seconds);
}

async function readReports({ everySeconds, lastReport, withinMs }: ReadinessGaugesOptions): Promise<Reports> {
  const read = await Promise.all(
    Object.keys(everySeconds).map((pair) =>
      inTime(
        lastReport(pair).catch(() => undefined),
        withinMs,
        undefined,
      ),
    ),
  );
  return read.flatMap((report) => report ?? []);
}
