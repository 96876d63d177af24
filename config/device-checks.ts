import type { CrossFault } from './cross-checks';
import { isText, list, record, type Loose } from './loose';
import type { Path } from './read-yaml';
import { secretName } from './secret-names';

/** What a pair's fence devices say about each other, and about the sites that they fence. */
export function deviceFaults(pair: Loose, path: Path): CrossFault[] {
  const devices = list(pair.fenceDevices).map(record);
  const globalAccelerator = record(record(pair.traffic).globalAccelerator);
  const at = (index: number): Path => [...path, 'fenceDevices', index];
  return [
    ...devices.flatMap((device, index) => [
      ...driverFault(device, at(index)),
      ...nameFault(device, devices.slice(0, index), at(index)),
      ...siteFault(device, pair, at(index)),
      ...dependsFault(device, pair, at(index)),
      ...twiceFault(device, at(index)),
      ...openSecretFault(device, at(index)),
      ...lastFault(device, devices, globalAccelerator, at(index)),
    ]),
    ...(devices.length > 0 ? [] : unusedFaults(globalAccelerator, [...path, 'traffic', 'globalAccelerator'])),
  ];
}

function driverFault(device: Loose, path: Path): CrossFault[] {
  if ('agent' in device !== 'manual' in device) return [];
  const what = 'agent' in device ? 'this device has two drivers' : 'nothing drives this device';
  return [{ path, what, instead: 'Write agent: { program: <path> } or manual: <what a person does>, one of the two.' }];
}

function nameFault({ name }: Loose, before: readonly Loose[], path: Path): CrossFault[] {
  if (!isText(name) || !before.some((other) => other.name === name)) return [];
  return [
    {
      path: [...path, 'name'],
      what: 'another device of the pair has this name',
      instead: 'Give each device a name of its own.',
    },
  ];
}

function siteFault({ site }: Loose, pair: Loose, path: Path): CrossFault[] {
  const names = sitesOf(pair).flatMap(({ name }) => (isText(name) ? [name] : []));
  if (!isText(site) || names.length !== 2 || names.includes(site)) return [];
  return [
    {
      path: [...path, 'site'],
      what: 'this is none of the two sites of the pair',
      instead: `Write ${names.join(' or ')}: the site that the device cuts off.`,
    },
  ];
}

/** A device at an address of the site that it fences goes down, or out of sight, with it. */
function dependsFault({ agent, site }: Loose, pair: Loose, path: Path): CrossFault[] {
  const fenced = sitesOf(pair).find(({ name }) => name === site);
  const hosts = fenced ? hostsIn(fenced) : [];
  return Object.entries(record(record(agent).parameters)).flatMap(([key, value]) => {
    const host = isText(value) ? hostOf(value) : undefined;
    if (host === undefined || !hosts.includes(host)) return [];
    return [
      {
        path: [...path, 'agent', 'parameters', key],
        what: `this is an address of ${String(site)}, the site that the device fences`,
        instead:
          'Name the device by an address that is there when the site is not: a device must not depend on what it fences.',
      },
    ];
  });
}

function twiceFault({ agent }: Loose, path: Path): CrossFault[] {
  const secrets = Object.keys(record(record(agent).secrets));
  return Object.keys(record(record(agent).parameters))
    .filter((key) => secrets.includes(key))
    .map((key) => ({
      path: [...path, 'agent', 'parameters', key],
      what: 'this parameter is given as a secret too',
      instead: 'Leave it under secrets alone.',
    }));
}

/** It would be in the configuration in plain text, and nothing would mask it in what the agent prints. */
function openSecretFault({ agent }: Loose, path: Path): CrossFault[] {
  return Object.keys(record(record(agent).parameters))
    .filter((key) => secretName.test(key) && !(key in record(record(agent).secrets)))
    .map((key) => ({
      path: [...path, 'agent', 'parameters', key],
      what: 'a secret does not stand in the configuration',
      instead: `Write it as a reference: secrets: { ${key}: { secret: aws:<secret id> } }.`,
    }));
}

/** Whoever waits for a person waits for ever: what comes after would never be tried. */
function lastFault(device: Loose, devices: readonly Loose[], { fenceLevel }: Loose, path: Path): CrossFault[] {
  if (!('manual' in device)) return [];
  const own = levelOf(device);
  const others = devices.filter((other) => other !== device && other.site === device.site).map(levelOf);
  const traffic = typeof fenceLevel === 'number' ? fenceLevel : 1;
  if ([...others, traffic].every((level) => level < own)) return [];
  return [
    {
      path: [...path, 'level'],
      what: 'a person is not the last one who is asked to cut the site off',
      instead: 'Give a manual device a level of its own, above those of all other devices and of Global Accelerator.',
    },
  ];
}

function unusedFaults(globalAccelerator: Loose, path: Path): CrossFault[] {
  return ['fenceLevel', 'confirmsWithinSeconds']
    .filter((key) => key in globalAccelerator)
    .map((key) => ({
      path: [...path, key],
      what: 'there is no other level: the pair has no fenceDevices',
      instead: 'Leave it out, or name a device under fenceDevices.',
    }));
}

const levelOf = ({ level }: Loose): number => (typeof level === 'number' ? level : 2);

const sitesOf = (pair: Loose): Loose[] => list(pair.sites).map(record);

/** Every host that stands in a URL of the site, wherever it stands. */
function hostsIn(value: unknown): string[] {
  if (isText(value)) return /^https?:/i.test(value) && URL.canParse(value) ? [hostOf(value) as string] : [];
  if (Array.isArray(value)) return value.flatMap(hostsIn);
  return Object.values(record(value)).flatMap(hostsIn);
}

/** Of a URL, or of a text that is nothing but a host, with or without a port; local ones tell nothing. */
function hostOf(value: string): string | undefined {
  const url = /^[a-z][a-z+.-]*:\/\//i.test(value) ? value : `https://${value}`;
  if (!URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.toLowerCase().replace(/\.$/, '');
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host) ? undefined : host;
}
