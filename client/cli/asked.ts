import type { PairConfig } from '../../config';
import { oneLine } from '../../domain/one-line';
import { lengthInSeconds } from '../../domain/time';
import { didYouMean } from './did-you-mean';
import { usage } from './trouble';

/** As many characters as a run takes. */
const longestReason = 1_000;

/** @throws Trouble that names the pairs there are, and the one that was most likely meant. */
export function pairOf(pairs: readonly PairConfig[], name: string): PairConfig {
  const found = pairs.find((pair) => pair.name === name);
  if (found) return found;
  const names = pairs.map((pair) => pair.name);
  const what = `The configuration has no pair "${oneLine(name)}".${didYouMean(name, names)}`;
  throw usage(what, `It has: ${names.join(', ')}.`);
}

/** The site that was named. @throws Trouble that names the sites there are. */
export function siteOf(pair: PairConfig, site: string | undefined): string {
  const names = pair.sites.map(({ name }) => name);
  if (site !== undefined && names.includes(site)) return site;
  const what =
    site === undefined
      ? 'Which site? Name it.'
      : `${pair.name} has no site "${oneLine(site)}".${didYouMean(site, names)}`;
  throw usage(what, `Use ${names.map((name) => `--site ${name}`).join(' or ')}.`);
}

/** @throws Trouble when there is none: the run, its report and the next person need it. */
export function reasonOf(reason: string | undefined): string {
  const said = optionalReasonOf(reason);
  if (said === undefined)
    throw usage('A reason is required, so that the next person understands.', 'Add --reason "...".');
  return said;
}

/** @throws Trouble when it is longer than a run takes. */
export function optionalReasonOf(reason: string | undefined): string | undefined {
  const said = reason?.trim() ?? '';
  if (said.length > longestReason) throw usage(`The reason is longer than ${longestReason} characters.`, 'Shorten it.');
  return said === '' ? undefined : said;
}

/** `--wait` alone stands for two minutes: a fence takes seconds, its command's retries a minute. */
export const defaultWaitSeconds = 120;

/** On the way back it stands for half an hour: people have to answer, and every entry is pushed and compared. */
export const longWaitSeconds = 1_800;

/** The bound of a wait in seconds, or `undefined` for none. @param usual What `--wait` alone stands for. */
export function waitSeconds(wait: number | boolean | undefined, usual = defaultWaitSeconds): number | undefined {
  if (wait === undefined || wait === false) return undefined;
  return wait === true ? usual : wait;
}

const shortestPause = 60;
const longestPause = 7 * 86_400;

/** Seconds of a pause's length, as in `30m` or `1h30m`; `undefined` when it is none. */
export function pauseInSeconds(text: string): number | undefined {
  const length = lengthInSeconds(text);
  return length !== undefined && length >= shortestPause && length <= longestPause ? length : undefined;
}
