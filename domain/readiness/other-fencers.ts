import { known, type Reading } from '../observation';
import { oneLine } from '../one-line';
import { otherSite, type SiteName, type SitePair } from '../site-pair';
import type { ReadinessFacts } from './facts';
import { unreadFinding, type Finding } from './finding';
import type { AlertRoutes } from './surroundings';

/** Who else may take a site out, or detach one, by itself. */
export function otherFencerFindings(
  pair: SitePair,
  { sites, surroundings }: Pick<ReadinessFacts, 'sites' | 'surroundings'>,
): Finding[] {
  return [
    ...Object.entries(surroundings.alertmanagers).flatMap(([url, routes]) => routeFindings(pair, url, routes)),
    ...pair.sites.flatMap((site) => automaticDetach(pair, site, sites[site]?.caches)),
  ];
}

function routeFindings(pair: SitePair, url: string, routes: Reading<AlertRoutes>): Finding[] {
  if (!known(routes)) {
    const consequence = 'whether something else fences on the same alerts is not known';
    return [unreadFinding(`the running configuration of the Alertmanager at ${url}`, routes, consequence)];
  }
  const { ours, notifying, webhooks, watchdog } = routes.value;
  const others = webhooks.filter(({ receiver }) => receiver !== ours && !notifying.includes(receiver));
  return [
    ...others.map((other) => otherReceiver(pair, url, other)),
    ...(webhooks.some(({ receiver }) => receiver === ours) ? [] : [notRouted(url, ours)]),
    ...(watchdog.includes(ours) ? [] : [watchdogNotRouted(url, ours)]),
  ];
}

/** A host of a Lambda's function URL (AWS Lambda developer guide, "Creating and managing Lambda function URLs"). */
const lambdaUrl = /\.lambda-url\.[a-z0-9-]+\.on\.aws$/;

function otherReceiver(pair: SitePair, url: string, { receiver, hosts }: AlertRoutes['webhooks'][number]): Finding {
  const name = oneLine(receiver, 80);
  const isLambda = hosts.some((host) => lambdaUrl.test(host));
  const told = isLambda ? 'an AWS Lambda' : hosts.map((host) => oneLine(host, 80)).join(', ');
  return {
    what: `Alertmanager (${url}) tells SiteOffline to another webhook as well: receiver ${name} (${told})`,
    consequence:
      'two that fence by themselves may each take out the other site, or put back what the other one took out',
    fix: `take ${name} out of the route; if it tells people only, name it in alertmanagers: notifying. Until then, for ${pair.name}: mode: shadow, or policy.gates.fence.approvals: 1`,
  };
}

function notRouted(url: string, ours: string): Finding {
  return {
    what: `Alertmanager (${url}) would not tell SiteOffline to a webhook of receiver ${oneLine(ours, 80)}`,
    consequence: 'a lost site is not reported to Sitewarden by it',
    fix: 'deploy the route of deploy/alerting/alertmanager.example.yml, or correct alertmanagers: receiver',
  };
}

function watchdogNotRouted(url: string, ours: string): Finding {
  return {
    what: `Alertmanager (${url}) would not tell SitewardenWatchdog to receiver ${oneLine(ours, 80)}`,
    consequence: 'nothing shows in peace that alerts arrive by it',
    fix: 'deploy the route of deploy/alerting/alertmanager.example.yml',
  };
}

function automaticDetach(
  pair: SitePair,
  site: SiteName,
  caches: ReadinessFacts['sites'][SiteName]['caches'] | undefined,
): Finding[] {
  const peer = otherSite(pair, site);
  if (!caches || !known(caches)) {
    const consequence = `it may detach ${peer} while ${peer} still serves`;
    return [unreadFinding(`whether the Infinispan of ${site} takes ${peer} offline by itself`, caches, consequence)];
  }
  const found = Object.entries(caches.value).flatMap(([cache, configuration]) =>
    configuration !== 'absent' && configuration.backup?.takesOffline ? [cache] : [],
  );
  if (found.length === 0) return [];
  return [
    {
      what: `${site}, ${found.sort().join(', ')}: Infinispan takes ${peer} offline by itself (take-offline)`,
      consequence: `each node does so for each cache by itself, while ${peer} still serves: the sites diverge and nobody is told`,
      fix: `remove <take-offline/> from the backup to ${peer}: Sitewarden takes it offline once ${peer} is out of traffic`,
    },
  ];
}
