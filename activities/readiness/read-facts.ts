import type { LookFacts } from '../../domain/readiness/facts';
import type { ActivityDependencies, ConfiguredPair } from '../dependencies';
import { observe } from '../observe';
import { readDevices } from './read-devices';
import { readSites } from './read-sites';
import { timeUp } from '../../runtime/time-up';

/** The longest that the load balancers are waited for, as for any read of an observation. */
const siteTagsBudgetMs = 2_000;

/**
 * Reads everything that is looked at outside a run, all at once and each with a bound of its own. What fails or is slow stands in it
 * as unknown; this never throws. Repeating it is harmless: nothing is changed.
 */
export async function readFacts(
  configured: ConfiguredPair,
  dependencies: Pick<ActivityDependencies, 'clock' | 'journal'>,
  { patient, deep }: { patient?: boolean; deep?: boolean } = {},
): Promise<LookFacts> {
  const { siteTags } = configured.gateways;
  const [observation, tags, sites, devices] = await Promise.all([
    observe(configured, dependencies, { askObservers: true, deep }),
    siteTags.readSiteTags(timeUp(siteTagsBudgetMs)),
    readSites(configured, dependencies),
    readDevices(configured, dependencies, { patient }),
  ]);
  return { observation, siteTags: tags, sites, devices };
}
