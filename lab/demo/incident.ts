import type { RunStatus } from '../../workflows/contract/inputs';
import type { ClientPopulation } from '../clients';
import type { Lab } from '../lab';
import { labCaches } from '../infinispan';
import { PairRuns } from './pair-runs';
import { alertSince, reasonsToWait, removals, removalsSince, runSince } from './since-the-cut';

/** Something that happened, and how long after the cut. */
export interface Milestone {
  what: string;
  /** Seconds since the link was cut. */
  seconds: number;
  knownBy: string;
}

export interface Incident {
  cutAt: number;
  milestones: readonly Milestone[];
  status: RunStatus;
}

export interface Proof {
  what: string;
  holds: boolean;
  found: string;
}

const withinSeconds = 60;

/**
 * Waits until nothing is going on, so that all that is seen after the cut follows from it: while the sites start, one of
 * them may see only itself long enough for an alert and a run.
 * @throws with what is still going on as the cause, when that does not end.
 */
export async function waitUntilNothingIsGoingOn(lab: Lab): Promise<void> {
  const runs = await PairRuns.connect(lab);
  const nothingIsGoingOn = async () => {
    const [views, scrapedWhole, prometheus, alertmanager, pair] = await Promise.all([
      lab.infinispan.views(),
      lab.alerting.seesBothSitesWhole(),
      lab.alerting.pendingOrFiring(),
      lab.alerting.firing(),
      runs.status(),
    ]);
    const reasons = reasonsToWait({ views, scrapedWhole, prometheus, alertmanager, pair });
    if (reasons.length > 0) throw new Error(reasons.join('; '));
    return true;
  };
  try {
    await lab.until(nothingIsGoingOn, { what: 'nothing is going on before the cut', withinSeconds });
  } finally {
    await runs.close();
  }
}

/**
 * Cuts the link and waits for all that must follow. Each milestone is told as soon as it is known; `atOnce` is done right
 * after the cut.
 */
export async function breakTheLink(
  lab: Lab,
  { tell, atOnce }: { tell: (milestone: Milestone) => void; atOnce: () => Promise<void> },
): Promise<Incident> {
  const runs = await PairRuns.connect(lab);
  const milestones: Milestone[] = [];
  const cutAt = Date.now();
  const reached = (what: string, at: number, knownBy: string): void => {
    const milestone = { what, seconds: (at - cutAt) / 1_000, knownBy };
    milestones.push(milestone);
    tell(milestone);
  };
  const runOpen = async () => runSince(cutAt, await runs.status());
  const wait = <T>(what: string, condition: () => Promise<T>) =>
    lab.until(condition, { what, withinSeconds, everyMs: 50 });

  try {
    await lab.link.cut();
    await atOnce();
    const blind = (site: 'site-a' | 'site-b') =>
      wait(`${site} sees only itself`, async () => !(await lab.infinispan.views())[site]).then(() =>
        reached(`${site} no longer sees the other`, Date.now(), "its Infinispan's view"),
      );
    const [, , , , , , status] = await Promise.all([
      blind('site-a'),
      blind('site-b'),
      wait('an alert', async () => alertSince(cutAt, await lab.alerting.firing())).then(({ startsAt }) =>
        reached('alert SiteOffline fires', Date.parse(startsAt), 'Prometheus'),
      ),
      wait('a run', runOpen).then(({ startedAt }) => reached('webhook started the run', startedAt, 'Temporal')),
      wait('the removal', async () => removalsSince(cutAt, lab)[0]).then(({ at }) =>
        reached('endpoint removed', at, 'call to Global Accelerator'),
      ),
      wait('backups offline', async () => (await keptSite(lab))?.offline).then(() =>
        reached('backups offline on the survivor', Date.now(), 'its Infinispan'),
      ),
      wait('the proof', async () => {
        const run = await runOpen();
        return run?.provedSince === undefined ? undefined : run;
      }).then((run) => {
        reached('both re-read and proved', run.provedSince ?? 0, 'the run');
        return run;
      }),
    ]);
    return { cutAt, milestones: milestones.sort((left, right) => left.seconds - right.seconds), status };
  } finally {
    await runs.close();
  }
}

/** Looks at the world itself, past Sitewarden. */
export async function proveTheFence(
  lab: Lab,
  clients: ClientPopulation,
  { status }: Incident,
): Promise<readonly Proof[]> {
  const { keepSite = '', staleSite = '' } = status.roles ?? {};
  const group = lab.aws.standIn.callAs('the demo', 'DescribeEndpointGroup', {
    EndpointGroupArn: lab.aws.accelerator.groupArns[0],
  });
  const endpoints = JSON.stringify(group);
  const kept = keepSite === 'site-b' ? 'site-b' : 'site-a';
  const statuses = await lab.infinispan.sites[kept].rest.backupsTo(staleSite, labCaches);
  const since = new Date();
  const enough = () => {
    const { servedBy } = clients.summary({ since, connections: 'new' });
    return Object.values(servedBy).reduce((sum, logins) => sum + logins, 0) >= 20;
  };
  await lab.until(enough, { what: '20 new logins after the fence', withinSeconds });
  const after = clients.summary({ since, connections: 'new' });
  return [
    {
      what: `only ${keepSite} is left in the endpoint group`,
      holds: endpoints.includes(`net/${keepSite}/`) && !endpoints.includes(`net/${staleSite}/`),
      found: `endpoints: ${[...endpoints.matchAll(/net\/([a-z-]+)\//g)].map(([, site]) => site).join(', ')}`,
    },
    {
      what: `on ${keepSite} every cache has its backup to ${staleSite} offline`,
      holds:
        Object.keys(statuses).length === labCaches.length && Object.values(statuses).every((one) => one === 'offline'),
      found: Object.entries(statuses)
        .map(([cache, one]) => `${cache} ${one}`)
        .join(', '),
    },
    {
      what: 'one call removed one endpoint',
      holds: removals(lab).length === 1,
      found: `${removals(lab).length} RemoveEndpoints`,
    },
    {
      what: `${keepSite} serves new logins, and nobody else does`,
      holds: after.refused === 0 && Object.keys(after.servedBy).join() === keepSite,
      found: `${after.logins} new logins, ${after.refused} refused, served by ${Object.keys(after.servedBy).join()}`,
    },
  ];
}

/** The site whose backup to the other one reads offline as a whole, if one does. */
async function keptSite(lab: Lab): Promise<{ offline: true } | undefined> {
  const { sites } = lab.infinispan;
  const [a, b] = await Promise.all([sites['site-a'].rest.backupTo('site-b'), sites['site-b'].rest.backupTo('site-a')]);
  return a === 'offline' || b === 'offline' ? { offline: true } : undefined;
}
