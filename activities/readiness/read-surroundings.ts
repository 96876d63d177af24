import type { Reading } from '../../domain/observation';
import type { OuterLockReport } from '../../domain/readiness/lock';
import type { ClockReading, Surroundings } from '../../domain/readiness/surroundings';
import type { SiteName } from '../../domain/site-pair';
import type { ClockGateway } from '../../gateways/ports';
import type { ActivityDependencies, Clock, ConfiguredPair, ReadingJournal } from '../dependencies';
import { readerOf, type Read } from '../reading';

/** What an incident leans on beside the pair itself. */
export type SurroundingsDependencies = Pick<ActivityDependencies, 'clock' | 'temporal' | 'archive'> & {
  journal: ReadingJournal;
};

/** An archive lists what it holds before it can say so; the members of a store of locks are asked one after the other. */
const patientBudgetMs = 5_000;

/**
 * Reads what an incident leans on beside the pair, all at once and each with a bound of its own. What fails or is slow stands in it as
 * unknown; this never throws. Repeating it is harmless: nothing is changed.
 * @param scheduledAt When Temporal scheduled this look, by its own clock.
 */
export async function readSurroundings(
  { pair, gateways, besideTemporal = [], outerLock }: ConfiguredPair,
  { clock, journal, temporal, archive }: SurroundingsDependencies,
  scheduledAt: number,
): Promise<Surroundings> {
  // Read at once: a task is taken up within milliseconds of being scheduled, and what it waits here is no difference of clocks.
  const temporalsClock = { theirs: scheduledAt, resolutionMs: 0, askedAt: clock.now(), answeredAt: clock.now() };
  const tools = { clock, journal };
  const read = readerOf(pair.name, tools);
  const readPatiently = readerOf(pair.name, tools, patientBudgetMs);
  const [alertPath, clocks, retentionSeconds, archived, alertmanagers, bridges, lock] = await Promise.all([
    each(pair.sites, (site) =>
      read(`alert path of ${site}`, (signal) => temporal.readAlertPath(pair.name, site, signal)),
    ),
    each(Object.keys(gateways.clocks ?? {}), (of) =>
      read(`clock of ${of}`, (signal) => readClock(gateways.clocks?.[of], clock, signal)),
    ),
    read('retention of Temporal', (signal) => temporal.readRetentionSeconds(signal)),
    readPatiently('archive', (signal) => archive.check(signal).then(() => true as const)),
    each(Object.keys(gateways.alertmanagers ?? {}), (url) =>
      read(`Alertmanager ${url}`, (signal) => gateways.alertmanagers![url]!.readRoutes(signal)),
    ),
    each(pair.sites, (site) => read(`bridge of ${site}`, (signal) => gateways.replication[site]!.readBridge(signal))),
    outerLock && readLock(outerLock, readPatiently),
  ]);
  return {
    alertPath,
    clocks: { Temporal: { value: temporalsClock, at: clock.now() }, ...clocks },
    retentionSeconds,
    archive: archived,
    besideTemporal,
    alertmanagers,
    bridges,
    ...(lock && { outerLock: lock }),
  };
}

async function readLock(
  { locks, name, fenceWaits }: NonNullable<ConfiguredPair['outerLock']>,
  read: Read,
): Promise<OuterLockReport> {
  let says: string | undefined;
  const store = await read('store of locks', async (signal) => {
    await locks.check(name, signal).catch((error: unknown) => {
      says = error instanceof Error ? error.message : String(error);
      throw error;
    });
    return true as const;
  });
  return { store, fenceWaits, ...(says !== undefined && { says }) };
}

async function each<T>(
  names: readonly string[],
  ask: (name: SiteName) => Promise<Reading<T>>,
): Promise<Record<string, Reading<T>>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await ask(name)] as const)));
}

async function readClock(gateway: ClockGateway | undefined, clock: Clock, signal: AbortSignal): Promise<ClockReading> {
  if (!gateway) throw new Error('there is no such clock');
  const askedAt = clock.now();
  const told = await gateway.readTime(signal);
  return { ...told, askedAt, answeredAt: clock.now() };
}
