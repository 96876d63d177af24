import type { Gate } from '../../domain/next';
import { oneLine } from '../../domain/one-line';
import { didYouMean } from './did-you-mean';
import { usage } from './trouble';

/** A record, so that a gate that is missing here is told by the compiler. */
const all: Readonly<Record<Gate, true>> = {
  fence: true,
  fenceDiverging: true,
  keepSite: true,
  synchronize: true,
  siteOnline: true,
  siteOffline: true,
  admitStaleSite: true,
};

export const gates = Object.keys(all) as readonly Gate[];

/** @throws Trouble that names the gates there are. */
export function gateOf(gate: string): Gate {
  const found = gates.find((one) => one === gate);
  if (found) return found;
  throw usage(`There is no gate "${oneLine(gate)}".${didYouMean(gate, gates)}`, `Gates: ${gates.join(', ')}.`);
}
