import type { SitePair } from '../site-pair';
import { alertPathFindings } from './alert-path';
import { applicationFindings } from './application';
import { backupFindings, detachedInPeace } from './backups';
import { bridgeFindings } from './bridge-settings';
import { cacheCheck, cachesOfALook } from './cache-settings';
import { clockFindings } from './clocks';
import { credentialFindings } from './credentials';
import { deviceCheck, deviceFindings } from './devices';
import { endpointFindings } from './endpoints';
import type { LookFacts, NotLookedAt, ReadinessFacts, ReadinessRule } from './facts';
import type { Finding } from './finding';
import { lockFindings } from './lock';
import { observerFindings } from './observers';
import { otherFencerFindings } from './other-fencers';
import { placementFindings } from './placement';
import { checkNames, type Check, type CheckName, type ReadinessReport } from './report';
import { retentionFindings } from './retention';
import { siteTagFindings } from './site-tags';

const rules: Readonly<Record<CheckName, ReadinessRule>> = {
  credentials: credentialFindings,
  endpoints: endpointFindings,
  backups: backupFindings,
  caches: (pair, facts) => [...cacheCheck(pair, facts), ...bridgeFindings(pair, facts)],
  application: applicationFindings,
  observers: observerFindings,
  devices: deviceCheck,
  lock: (_pair, facts) => lockFindings(facts),
  alertPath: alertPathFindings,
  clocks: clockFindings,
  retention: retentionFindings,
  placement: placementFindings,
  otherFencers: otherFencerFindings,
};

/**
 * What would make an incident worse than it has to be, looked for in peace. Findings and nothing more: no fence waits for them,
 * and no verdict of a run goes by them.
 */
export function assessReadiness(pair: SitePair, facts: ReadinessFacts): ReadinessReport {
  const checks = checkNames.map((name) => checkOf(name, rules[name](pair, facts)));
  const isReady = checks.every(({ findings }) => findings.length === 0);
  return { pair: pair.name, at: facts.observation.at, verdict: isReady ? 'ready' : 'notReady', checks };
}

/** Those of the same findings that a look at any time tells: what is wrong in an incident as well, or only in peace. */
export function findingsOfALook(pair: SitePair, facts: LookFacts): Finding[] {
  const application = applicationFindings(pair, facts);
  return [
    ...cachesOfALook(pair, facts),
    ...detachedInPeace(pair, facts.observation),
    ...('notLookedAt' in application ? [] : application),
    ...deviceFindings(pair, facts.devices),
    ...siteTagFindings(facts.siteTags),
  ];
}

function checkOf(name: CheckName, looked: readonly Finding[] | NotLookedAt): Check {
  return 'notLookedAt' in looked ? { name, findings: [], ...looked } : { name, findings: looked };
}
