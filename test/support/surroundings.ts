import type { ClockReading, Surroundings } from '../../domain/readiness/surroundings';
import { now, pair, read } from './observations';

/** A clock that is as far ahead of the worker's; the answer took 100 ms. */
export const aClock = (aheadMs = 0): ClockReading => ({
  theirs: now - 500 + aheadMs,
  resolutionMs: 1_000,
  askedAt: now - 100,
  answeredAt: now,
});

/** Everything as it should be. */
export const wellPlaced = {
  ...pair,
  placement: { worker: 'outside', temporal: 'outside', temporalStore: 'outside' },
} as const;

/** With nothing in it that would be found, but for what a test changes. */
export function surroundings(change: Partial<Surroundings> = {}): Surroundings {
  return {
    alertPath: { 'site-a': read(now - 60_000), 'site-b': read(now - 60_000) },
    clocks: { Temporal: read(aClock()), AWS: read(aClock()), 'site-a': read(aClock()) },
    retentionSeconds: read(3 * 86_400),
    archive: read(true as const),
    besideTemporal: [],
    alertmanagers: {},
    bridges: {
      'site-a': read({ stack: 'bridge', keepsUndeliveredMs: 1_000 }),
      'site-b': read({ stack: 'bridge', keepsUndeliveredMs: 1_000 }),
    },
    ...change,
  };
}
