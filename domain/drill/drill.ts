/**
 * An incident rehearsed on what was read in peace time: something is supposed to be cut, the alert is supposed to come, every
 * command to take effect at once, every person to agree, and the link to heal. What is next is said by the rules that would run.
 * Touches nothing.
 */
import { sameJson } from '../canonical-json';
import { reaches, worker, type Cut } from '../cuts';
import { drillBounds, type Bound } from './bounds';
import { incidentOf, type DrilledIncident, type Drilling } from './incident';

export type { DrilledIncident, DrillEnd, Drilling, DrillStep } from './incident';
import { DrillWorld } from './world';
import { evidenceOf, type Evidence } from '../evidence';
import { otherSite, type Mode, type SiteName, type SitePair } from '../site-pair';
import { verdictOf, type Verdict } from '../verdict';

export interface Drill {
  cuts: readonly Cut[];
  mode: Mode;
  /** As read with the cuts. */
  verdict: Verdict;
  /** Of a pair with observers or scored checks. */
  evidence?: Evidence;
  /** Empty where no site's alert would come: then no run would be started. */
  incidents: readonly DrilledIncident[];
  bounds: readonly Bound[];
}

export function drill(drilling: Drilling): Drill {
  const { pair, observation, cuts } = drilling;
  const seen = new DrillWorld(pair, observation, cuts).read(observation.at);
  const verdict = verdictOf(pair, seen);
  const evidence = evidenceOf(pair, seen, verdict);
  const incidents = alerting(pair, cuts).map((reporters) => incidentOf(drilling, reporters));
  return {
    cuts,
    mode: pair.mode,
    verdict,
    ...(evidence && { evidence }),
    incidents: merged(incidents),
    bounds: drillBounds(pair),
  };
}

/** Whoever no longer sees the other site raises an alert, and it comes if it reaches us; each of them may be the first. */
function alerting(pair: SitePair, cuts: readonly Cut[]): readonly (readonly SiteName[])[] {
  const reporters = pair.sites.filter(
    (site) => !reaches(cuts, site, otherSite(pair, site)) && reaches(cuts, site, worker),
  );
  return reporters.map((first) => [first, ...reporters.filter((site) => site !== first)]);
}

function merged(incidents: readonly DrilledIncident[]): readonly DrilledIncident[] {
  const [first, second] = incidents;
  if (!first || !second) return incidents;
  const { alertOf, ...rest } = first;
  const { alertOf: otherAlert, ...otherRest } = second;
  return sameJson(rest, otherRest) ? [{ ...rest, alertOf: [...alertOf, ...otherAlert] }] : incidents;
}
