/** What fence devices say in peace time, and what a person should know of it. No fence waits for any of it. */
import { fenceLevels } from '../fence-levels';
import { known, valueOf, type DeviceState, type Reading } from '../observation';
import { oneLine } from '../one-line';
import type { DeviceName, FenceDevice, SitePair } from '../site-pair';
import type { NotLookedAt, ReadinessFacts } from './facts';
import type { Finding } from './finding';

/** What was read of one device that a program drives. */
export interface DeviceReport {
  state: Reading<DeviceState>;
  /** Whether it could do its work: what is wrong with its configuration, or why it could not say. */
  check: Reading<readonly string[]>;
  /** Why a reading is unknown, in the gateway's words. */
  says?: string;
}

export type DeviceReports = Readonly<Record<DeviceName, DeviceReport>>;

/** Of a pair that has devices; a manual one cannot be asked, and is for the drill. */
export function deviceCheck(pair: SitePair, { devices }: Pick<ReadinessFacts, 'devices'>): Finding[] | NotLookedAt {
  if (!pair.fencing) return { notLookedAt: 'the pair has no fence devices: Global Accelerator alone fences' };
  return deviceFindings(pair, devices);
}

/** In the order in which they should be put right. */
export function deviceFindings(pair: SitePair, reports: DeviceReports): Finding[] {
  return (pair.fencing?.devices ?? []).flatMap((device) => {
    return device.kind === 'agent' ? findingsOf(pair, device, reports[device.name]) : [];
  });
}

function findingsOf(pair: SitePair, { name, site, level }: FenceDevice, report: DeviceReport | undefined): Finding[] {
  const alone = fenceLevels(pair, site).at(-1)?.level === level;
  const consequence = `level ${level} could not fence ${site}${alone ? ', and no level comes after it' : ''}`;
  if (!report) {
    const what = `the fence device ${name} was not asked, so nothing says that it is ready`;
    const same = `have every worker run with this configuration (fenceDevices), and look again`;
    return [{ what, consequence, fix: `${same}: sitewarden devices ${pair.name}` }];
  }
  const { state, check, says } = report;
  const fix = `put it right, and look again: sitewarden devices ${pair.name}`;
  if (!known(check)) {
    return [{ what: `the fence device ${name} does not answer (${check.unknown}${quoted(says)})`, consequence, fix }];
  }
  const faults = check.value.map((fault) => ({
    what: `the fence device ${name}: ${fault.replace(/\.$/, '')}`,
    consequence: 'what it would do in an incident is not what was meant',
    fix: `correct it under fenceDevices, and look again: sitewarden devices ${pair.name}`,
  }));
  if (!known(state)) {
    const what = `the fence device ${name} cannot tell whether ${site} is on (${state.unknown}${quoted(says)})`;
    return [...faults, { what, consequence: `${consequence}: nothing would confirm it`, fix }];
  }
  if (valueOf(state) === 'on') return faults;
  return [
    ...faults,
    {
      what: `the fence device ${name} says that ${site} is off`,
      consequence: `either ${site} is down, or the device drives another machine, and would switch off that one`,
      fix: `find out which of the two it is, before an incident does`,
    },
  ];
}

function quoted(says: string | undefined): string {
  return says === undefined ? '' : `: ${oneLine(says, 200)}`;
}
