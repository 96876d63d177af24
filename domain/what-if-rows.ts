/** Cuts as people write them, and the situations that are worth a row. */
import type { SitePair } from './site-pair';
import { accelerator, between, cutOff, placesOf, worker, type Cut, type Place } from './cuts';
import { witnesses } from './ballots';

/** `written`: as it is typed after `--cut`. */
export interface Situation {
  written: readonly string[];
  cuts: readonly Cut[];
}

/**
 * `one/other`: cut both ways; `one:other`: `one` no longer reaches `other`; `one`: cut off from all others.
 * @returns undefined where a place is not one of the pair's, or both are the same.
 */
export function readCut(pair: SitePair, written: string): readonly Cut[] | undefined {
  const [, from = '', how, to = ''] = /^([^/:]+)(?:([/:])([^/:]+))?$/.exec(written) ?? [];
  const known = (place: Place) => placesOf(pair).includes(place);
  if (!known(from)) return undefined;
  if (how === undefined) return cutOff(pair, from);
  if (!known(to) || from === to) return undefined;
  return how === '/' ? between(from, to) : [{ from, to }];
}

/** The link alone, each way of it, the link with one more thing, and each site lost alone or together with a witness. */
export function situationsOf(pair: SitePair): readonly Situation[] {
  const [a, b] = pair.sites;
  const link = `${a}/${b}`;
  const names = witnesses(pair).map(({ name }) => name);
  const oneMore = names.flatMap((name) => [
    [link, name],
    [link, `${name}/${a}`],
    [link, `${name}/${b}`],
  ]);
  const allSilent = names.length > 1 ? [[link, ...names]] : [];
  const lost = pair.sites.flatMap((site) => [
    [link, `${worker}/${site}`],
    [site],
    ...names.map((name) => [site, name]),
  ]);
  const sick = pair.sites.map((site) => [link, `${accelerator}:${site}`]);
  return [[link], [`${a}:${b}`], [`${b}:${a}`], ...oneMore, ...allSilent, ...sick, ...lost].map((written) => ({
    written,
    // Written above, of places of this pair.
    cuts: written.flatMap((cut) => readCut(pair, cut) as readonly Cut[]),
  }));
}
