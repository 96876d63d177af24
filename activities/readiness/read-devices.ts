import type { DeviceReport, DeviceReports } from '../../domain/readiness/devices';
import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import { known, type Reading } from '../../domain/observation';
import type { FenceDeviceGateway } from '../../gateways/ports';
import type { Clock, ConfiguredPair, ReadingJournal } from '../dependencies';
import { timeUp } from '../../runtime/time-up';

/** Within the time of the activity; whoever asks for the devices alone has the patience that agents need. */
const budgetMs = { usual: 4_000, patient: 25_000 };

/**
 * Asks each fence device that a program drives whether it could do its work, and what it says of its site; all at once, and after
 * one deadline what has not answered is unknown. Never throws. Repeating it is harmless: nothing is changed.
 */
export async function readDevices(
  { pair, gateways }: ConfiguredPair,
  tools: { clock: Clock; journal: ReadingJournal },
  { patient = false }: { patient?: boolean } = {},
): Promise<DeviceReports> {
  const devices = Object.entries(gateways.devices ?? {});
  const signal = timeUp(patient ? budgetMs.patient : budgetMs.usual);
  const reports = devices.map(async ([name, gateway]) => [name, await report(gateway, { signal, ...tools })] as const);
  const read = await Promise.all(reports);
  for (const [name, { check, says }] of read) {
    const what = `fence device ${name}`;
    if (known(check)) tools.journal.readSucceeded({ pair: pair.name, what });
    else tools.journal.readFailed({ pair: pair.name, what, type: check.unknown, message: says ?? check.unknown });
  }
  return Object.fromEntries(read);
}

interface Asking {
  signal: AbortSignal;
  clock: Clock;
}

async function report(gateway: FenceDeviceGateway, { signal, clock }: Asking): Promise<DeviceReport> {
  const unknown = (error: unknown): { unknown: FailureType; at: number; says: string } => ({
    unknown: error instanceof OperatingFailure ? error.type : 'FenceDeviceFailed',
    at: clock.now(),
    says: error instanceof Error ? error.message : String(error),
  });
  const [check, state] = await Promise.all([
    gateway.check(signal).then(({ faults }) => ({ value: faults, at: clock.now() }), unknown),
    gateway.readState(signal).then(({ state: value, at }) => ({ value, at }), unknown),
  ]);
  const says = 'says' in check ? check.says : 'says' in state ? state.says : undefined;
  return { state: bare(state), check: bare(check), ...(says !== undefined && { says }) };
}

function bare<T>(reading: Reading<T>): Reading<T> {
  return known(reading) ? { value: reading.value, at: reading.at } : { unknown: reading.unknown, at: reading.at };
}
