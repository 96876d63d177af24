import type { Command } from '../domain/command';
import type { Comparison } from '../domain/comparison';
import { OperatingFailure } from '../domain/failure-types';
import { otherSite, type DeviceName, type SiteName } from '../domain/site-pair';
import type { FenceDeviceGateway, ReplicationGateway, WorkloadGateway } from '../gateways/ports';
import type { Attempt } from './attempt';
import type { ConfiguredPair } from './dependencies';

/** What came of an effect: what the other side said, in one line, and of a comparison what it found. */
export type Said = string | { said: string; comparison: Comparison };

/**
 * What one kind of command does to the world, made once. It resolves to what the other side said; that proves nothing,
 * only a later read does. All are safe to repeat.
 */
export type Effect<Kind extends Command['kind']> = (
  configured: ConfiguredPair,
  command: Extract<Command, { kind: Kind }>,
  attempt: Attempt,
) => Promise<Said>;

/** A command between two sites that are not this pair's is a bug. */
export function replicationBetween(
  { pair, gateways }: Pick<ConfiguredPair, 'pair' | 'gateways'>,
  onSite: SiteName,
  other: SiteName,
): ReplicationGateway {
  const replication = gateways.replication[onSite];
  if (!replication || otherSite(pair, onSite) !== other) throw new Error(`${onSite} does not back up to ${other}`);
  return replication;
}

/**
 * Fails with `FenceManual` where no program of this worker's configuration drives the device for that site: a device that fences the
 * other one by now must not be driven by a command that was meant for this one.
 */
export function deviceOf({ gateways }: ConfiguredPair, name: DeviceName, site: SiteName): FenceDeviceGateway {
  const device = gateways.devices?.[name];
  if (device?.site === site) return device;
  const other = device ? `; it fences ${device.site}` : '';
  const message = `No program drives the fence device ${name} for ${site} here${other}: a person has to do it.`;
  throw new OperatingFailure('FenceManual', message, { retryable: false });
}

/** Fails with `WorkloadManual` where no command is configured. */
export function workloadOf({ gateways }: ConfiguredPair, site: SiteName): WorkloadGateway {
  const workload = gateways.workload[site];
  if (workload) return workload;
  const message = `Nothing is configured to stop or start the application of ${site}: a person has to do it.`;
  throw new OperatingFailure('WorkloadManual', message, { retryable: false });
}
