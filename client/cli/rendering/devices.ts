/** The fence levels of a pair, for people: what is in each, and what its devices say. */
import { deviceFindings, type DeviceReports } from '../../../domain/readiness/devices';
import { fenceLevels } from '../../../domain/fence-levels';
import { known } from '../../../domain/observation';
import type { Finding } from '../../../domain/readiness/finding';
import type { FenceDevice, SitePair } from '../../../domain/site-pair';
import type { Colours } from '../output';
import { table } from './table';

export interface DevicesPage {
  pair: SitePair;
  reports: DeviceReports;
  colours: Colours;
}

export function renderDevices(page: DevicesPage): { text: string; findings: readonly Finding[] } {
  const { pair, reports, colours } = page;
  const rows = pair.sites.flatMap((site) =>
    fenceLevels(pair, site).flatMap(({ level, traffic, devices }) => [
      ...(traffic ? [[site, `level ${level}`, 'Global Accelerator', 'see: sitewarden observe']] : []),
      ...devices.map((device) => [site, `level ${level}`, device.name, sayDevice(device, page)]),
    ]),
  );
  const findings = deviceFindings(pair, reports);
  const found = findings.flatMap(({ what, consequence, fix }) => [
    `finding  ${colours.yellow(what)}`,
    `  means  ${consequence}`,
    `  fix    ${fix}`,
  ]);
  return { text: [table(rows), ...found].join('\n'), findings };
}

function sayDevice({ name, kind, instruction = '' }: FenceDevice, { reports, colours }: DevicesPage): string {
  if (kind === 'manual') return `a person: ${instruction}`;
  const report = reports[name];
  if (!report) return colours.yellow('not asked');
  const state = known(report.state) ? `says ${report.state.value}` : colours.red(`unknown: ${report.state.unknown}`);
  if (!known(report.check)) return `${state}, ${colours.red(`not ready: ${report.check.unknown}`)}`;
  return `${state}, ${report.check.value.length === 0 ? colours.green('ready') : colours.yellow('misconfigured')}`;
}
