import { isIP } from 'node:net';
import type { NetworkGateway } from '../ports';
import { pingProbe, pingObstacle, type PingCall } from './ping';
import { addressOfNic } from './nic';
import { createUrlProbe } from './urls';

/** Program and arguments; `{address}`, `{timeoutSeconds}` and `{nic}` are replaced in each. No shell reads them. */
export type PingCommand = readonly [program: string, ...rest: string[]];

export interface NetworkOptions {
  /** Where these stand in the configuration, for whoever has to correct them. */
  key: string;
  /** IP addresses of either family, or names. */
  addresses: readonly string[];
  urls: readonly string[];
  /** PEM of the CA of the URLs' certificates; the system's CAs when absent. */
  ca?: string;
  /** Name of the interface to ask through; any when absent. */
  nic?: string;
  /** For one target; all are asked at once. */
  timeoutMs: number;
  /** For IPv4 addresses and names; and for IPv6 addresses. */
  ping?: PingCommand;
  ping6?: PingCommand;
}

const usual = (nic: string | undefined, ...family: string[]): PingCommand => [
  'ping',
  ...family,
  ...['-c', '1', '-W', '{timeoutSeconds}', '-n'],
  ...(nic === undefined ? [] : ['-I', '{nic}']),
  '{address}',
];

/** Asks the network around this machine by ping and by HTTP, as ActiveMQ Artemis does. Keeps nothing between two rounds. */
export function createNetworkGateway(options: NetworkOptions): NetworkGateway & { close(): Promise<void> } {
  const { key, addresses, urls, nic, timeoutMs } = options;
  const byUrl = createUrlProbe(options);
  const commandFor = (address: string): PingCommand =>
    isIP(address) === 6 ? (options.ping6 ?? usual(nic, '-6')) : (options.ping ?? usual(nic));
  const callFor = (address: string, signal: AbortSignal): PingCall => ({
    key: isIP(address) === 6 ? `${key}.ping6` : `${key}.ping`,
    ...{ command: commandFor(address), address, nic, timeoutMs, signal },
  });

  return {
    probe: (signal) =>
      Promise.all([
        ...addresses.map((address) => pingProbe(callFor(address, signal))),
        ...urls.map((url) => byUrl.probe(url, signal)),
      ]),

    async readObstacles(signal) {
      const families = [
        addresses.find((address) => isIP(address) !== 6),
        addresses.find((address) => isIP(address) === 6),
      ];
      const asked = families.filter((address) => address !== undefined);
      const found = await Promise.all(asked.map((address) => pingObstacle(callFor(address, signal))));
      const lost = nic !== undefined && addressOfNic(nic) === undefined ? [nicObstacle(key, nic)] : [];
      return [...new Set([...lost, ...found.flatMap((one) => one ?? [])])];
    },

    close: () => byUrl.close(),
  };
}

const nicObstacle = (key: string, nic: string): string =>
  `There is no network interface "${nic}" with an address on this machine: correct ${key}.nic (ip address shows their names), or leave it out.`;
