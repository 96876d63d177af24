import { OperatingFailure } from '../domain/failure-types';
import { deviceOf, replicationBetween, workloadOf, type Effect } from './effect';

/**
 * Adds one endpoint to one group with the settings given. Present already is success.
 * Failure codes: the Traffic codes, those of `attempt.sending`.
 */
export const addEndpoint: Effect<'addEndpoint'> = async ({ gateways }, command, attempt) => {
  const { groupArn, site, settings } = command;
  await gateways.traffic.addEndpoint({ groupArn, site, settings }, await attempt.sending());
  return `AddEndpoints accepted for ${site}, weight ${settings.weight}`;
};

/**
 * Brings a backup location online for all caches of one site; it transfers nothing. Online already stays so.
 * Failure codes: the Infinispan codes, those of `attempt.sending`.
 */
export const bringBackupOnline: Effect<'bringBackupOnline'> = async (configured, command, attempt) => {
  const { onSite, backupSite } = command;
  const replication = replicationBetween(configured, onSite, backupSite);
  const caches = await replication.bringBackupOnline(backupSite, await attempt.sending());
  return `ok for ${caches.length} caches: ${caches.join(', ')}`;
};

/**
 * Has a fence device let the site run again. On already is success; nothing is, before the device itself says so.
 * Failure codes: the FenceDevice codes, those of `attempt.sending`.
 */
export const unfenceByDevice: Effect<'unfenceByDevice'> = async (configured, { device, site }, attempt) =>
  deviceOf(configured, device, site).on(await attempt.sending());

/**
 * Starts the application of one site. Running already is success.
 * Failure codes: `WorkloadManual` where nothing is configured to do it, or only a sentinel may; the Workload codes, those of `attempt.sending`.
 */
export const startApplication: Effect<'startApplication'> = async (configured, { site }, attempt) => {
  if (configured.pair.activePassive) {
    const message = `${site} runs only while its sentinel holds the pair's lock: nobody else starts it.`;
    throw new OperatingFailure('WorkloadManual', message, { retryable: false });
  }
  return workloadOf(configured, site).start(await attempt.sending());
};

/**
 * Has the application of one site read anew what another changed in their database. Safe to repeat: it costs reads.
 * Failure codes: the Keycloak codes, those of `attempt.sending`.
 */
export const refreshApplication: Effect<'refreshApplication'> = async (configured, { site }, attempt) => {
  const workload = workloadOf(configured, site);
  if (!workload.refresh) throw new Error(`the application of ${site} cannot be told to read anew`);
  return workload.refresh(await attempt.sending());
};
