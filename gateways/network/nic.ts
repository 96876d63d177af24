import { networkInterfaces } from 'node:os';

/** An address of the interface, of the family that is asked for; any where none is. */
export function addressOfNic(nic: string, family?: 'IPv4' | 'IPv6'): string | undefined {
  const addresses = networkInterfaces()[nic] ?? [];
  return addresses.find((one) => family === undefined || one.family === family)?.address;
}
