import type { Gate } from '../../domain/next';
import { oneLine } from '../../domain/one-line';
import { didYouMean } from './did-you-mean';
import { usage } from './trouble';

/** What an approval of each gate has to name, so that nobody approves something else than they looked at. */
const needs: Readonly<Record<Gate, readonly ('site' | 'plan')[]>> = {
  fence: [],
  fenceDiverging: [],
  keepSite: ['site'],
  synchronize: ['plan'],
  siteOnline: ['plan'],
  siteOffline: ['plan'],
  admitStaleSite: ['plan'],
};

export const gates = Object.keys(needs) as readonly Gate[];

/** @throws Trouble that names the gates there are. */
export function gateOf(gate: string): Gate {
  const found = gates.find((one) => one === gate);
  if (found) return found;
  throw usage(`There is no gate "${oneLine(gate)}".${didYouMean(gate, gates)}`, `Gates: ${gates.join(', ')}.`);
}

/** What an approval of the gate lacks. */
export function lacking(gate: Gate, given: { site?: string; plan?: string }): 'site' | 'plan' | undefined {
  return needs[gate].find((need) => given[need] === undefined);
}
