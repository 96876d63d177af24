import { placesOf, type Cut } from '../../domain/cuts';
import type { SitePair } from '../../domain/site-pair';
import { readCut } from '../../domain/what-if-rows';
import { exitCodes } from './exit-codes';
import { Trouble } from './trouble';

/** @throws Trouble with what could have been written. */
export function cutsOf(pair: SitePair, written: readonly string[]): readonly Cut[] {
  return written.flatMap((one) => {
    const read = readCut(pair, one);
    if (read) return read;
    const [a, b] = pair.sites;
    const known = `Known in ${pair.name}: ${placesOf(pair).join(', ')}.`;
    const next = `Write ${a}/${b} for both ways, ${a}:${b} for "${a} no longer reaches ${b}", or one name for all its links. ${known}`;
    throw new Trouble(exitCodes.usageOrConfig, `"${one}" is nothing that can be cut.`, next);
  });
}
