import { Counter, Gauge, type Registry } from 'prom-client';
import type { OperatingFailure } from '../domain/failure-types';
import { clockTime, type EpochMs } from '../domain/time';
import type { Logger } from './logging';

/** What a source of secrets tells of itself. References may be shown; values are never told. */
export interface SecretJournal {
  /** With `servedSince`, what was read then is served on; without it, nobody has the secret. */
  fetchFailed(failed: { reference: string; failure: OperatingFailure; servedSince?: EpochMs }): void;
  rotated(rotated: { reference: string }): void;
}

export interface SecretMetrics {
  journal: SecretJournal;
  /** Shows the age of every secret that is held; asked at each scrape. */
  show: (ages: () => readonly { reference: string; fetchedAt: EpochMs }[]) => void;
}

/** The metrics and log lines of a process' secrets. A store that goes on failing is said once per kind of failure. */
export function createSecretMetrics(options: {
  logger: Logger;
  registry: Registry;
  clock: () => EpochMs;
}): SecretMetrics {
  const { logger, registry, clock } = options;
  let held: Parameters<SecretMetrics['show']>[0] = () => [];
  const failures = new Counter({
    name: 'sitewarden_secret_fetch_failures_total',
    help: 'Times a store did not give a secret; `served` says whether what was read before is served on: stale, or none.',
    labelNames: ['reference', 'served'],
    registers: [registry],
  });
  const rotations = new Counter({
    name: 'sitewarden_secret_rotations_total',
    help: 'Times a store gave another secret than before.',
    labelNames: ['reference'],
    registers: [registry],
  });
  const ages = new Gauge({
    name: 'sitewarden_secret_age_seconds',
    help: 'Time since the store last gave the secret that is held.',
    labelNames: ['reference'],
    registers: [registry],
    collect() {
      ages.reset();
      for (const { reference, fetchedAt } of held()) ages.set({ reference }, Math.max(0, clock() - fetchedAt) / 1_000);
    },
  });
  const said = new Map<string, string>();
  return {
    journal: {
      fetchFailed({ reference, failure, servedSince }) {
        failures.inc({ reference, served: servedSince === undefined ? 'none' : 'stale' });
        const state = `${failure.type} ${servedSince === undefined}`;
        if (said.get(reference) === state) return;
        said.set(reference, state);
        const served =
          servedSince === undefined ? 'There is none.' : `The one of ${clockTime(servedSince)} is used on.`;
        logger.warn({ reference, type: failure.type }, `A secret was not read. ${failure.message} ${served}`);
      },
      rotated({ reference }) {
        rotations.inc({ reference });
        said.delete(reference);
        logger.info({ reference }, 'A secret was rotated; the new one is used.');
      },
    },
    show: (source) => void (held = source),
  };
}
