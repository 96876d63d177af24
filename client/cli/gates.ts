import type { Gate } from '../../domain/next';
import { oneLine } from '../../domain/one-line';
import { didYouMean } from './did-you-mean';
import { usage } from './trouble';

/** Whether a run of this version asks there. A record, so that a gate that is missing here is told by the compiler. */
const asked: Readonly<Record<Gate, boolean>> = {
  fence: true,
  fenceDiverging: false,
  keepSite: true,
  synchronize: false,
  siteOnline: true,
  siteOffline: false,
  admitStaleSite: true,
};

/** Those at which a run of this version asks: the others are not offered, and taken all the same for a run of another one. */
const known = Object.keys(asked) as readonly Gate[];
export const gates = known.filter((gate) => asked[gate]);

/** @throws Trouble that names the gates there are. */
export function gateOf(gate: string): Gate {
  const found = known.find((one) => one === gate);
  if (found) return found;
  throw usage(`There is no gate "${oneLine(gate)}".${didYouMean(gate, gates)}`, `Gates: ${gates.join(', ')}.`);
}
