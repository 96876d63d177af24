import type { PairConfig } from '../../config';
import { oneLine } from '../../domain/one-line';
import { usage } from './trouble';

/** As many characters as a run takes. */
const longestReason = 1_000;

/** The site that was named. @throws Trouble that names the sites there are. */
export function siteOf(pair: PairConfig, site: string | undefined): string {
  const names = pair.sites.map(({ name }) => name);
  if (site !== undefined && names.includes(site)) return site;
  const what = site === undefined ? 'Which site? Name it.' : `${pair.name} has no site "${oneLine(site)}".`;
  throw usage(what, `Use ${names.map((name) => `--site ${name}`).join(' or ')}.`);
}

/** @throws Trouble when there is none: the run, its report and the next person need it. */
export function reasonOf(reason: string | undefined): string {
  const said = reason?.trim() ?? '';
  if (said === '') throw usage('A reason is required, so that the next person understands.', 'Add --reason "...".');
  if (said.length > longestReason) throw usage(`The reason is longer than ${longestReason} characters.`, 'Shorten it.');
  return said;
}

/** `--wait` alone stands for two minutes: a fence takes seconds, its command's retries a minute. */
export const defaultWaitSeconds = 120;

/** The bound of a wait in seconds, or `undefined` for none. */
export function waitSeconds(wait: number | boolean | undefined): number | undefined {
  if (wait === undefined || wait === false) return undefined;
  return wait === true ? defaultWaitSeconds : wait;
}
