/**
 * `npm run demo [-- --interactive] [-- --keep] [-- --keycloak]`: one incident, for real and measured, told while it happens:
 * the cut, the fence, the heal, two decisions, and both sites serving again. scripts/demo.mjs has the help.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { ClientPopulation } from './clients';
import { approveByCli, approveInTheTemporalUi, leaveToThePerson } from './demo/decisions';
import { breakTheLink, proveTheFence, waitUntilNothingIsGoingOn, type Incident, type Proof } from './demo/incident';
import { proveTheReturn } from './demo/return-proofs';
import { writeBefore, writeOnStaleSite, writeOnSurvivor } from './demo/split-writes';
import { milestonesTable, proofsTable, Story } from './demo/story';
import { usersScene, type UsersScene } from './demo/users-scene';
import { goBack } from './demo/way-back';
import { loadEntries } from './entries';
import { labCaches } from './infinispan';
import { startLab, type Lab } from './lab';
import { linkToRun } from './run-link';
import { labPair } from './sitewarden-config';
import type { LabSite } from './sites';
import { interruption } from './stop-signal';

/** Enough that a push is seen to take its time, with the lab's small chunks. */
const entriesPerCache = 500;
const oneDaySeconds = 86_400;
/** As short as they can be while a person can still follow. */
const policy = { stableSeconds: 3, soakSeconds: 3 };

interface DemoOptions {
  interactive: boolean;
  keep: boolean;
  keycloak: boolean;
}

void main();

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { interactive: flag, keep: flag, keycloak: flag } });
  const stop = interruption();
  const story = new Story();
  story.tell(
    'Starting: two Infinispan sites (TLS), the link between them, Temporal, Prometheus, Alertmanager, the AWS',
  );
  const application = values.keycloak ? 'a real Keycloak per site on one PostgreSQL' : 'an application per site';
  story.tell(`stand-in, ${application}, and Sitewarden as it is shipped.`);
  let lab: Lab | undefined;
  try {
    lab = await startLab({ signal: stop, policy, keycloak: values.keycloak });
    await tellIncident(lab, story, values);
    if (values.keep) await stayUp(lab, stop);
  } catch (error) {
    if (!stop.aborted) console.error(`\nThe demo failed: ${explained(error as Error)}`);
    process.exitCode = stop.aborted ? 130 : 1;
  } finally {
    story.tell('Stopping everything ...');
    await lab?.close();
    story.tell('Stopped.');
  }
}

async function tellIncident(lab: Lab, story: Story, options: DemoOptions): Promise<void> {
  const { clients, users } = await beginTheDay(lab, story);
  story.tell('CUT: the link between site-a and site-b is gone.');
  const incident = await breakTheLink(lab, {
    tell: (milestone) => story.milestone(milestone),
    // The preferred site is the one that will be kept.
    atOnce: () => writeOnStaleSite(lab, 'site-b'),
  });
  users?.fenced(incident);
  const fence = await proveTheFence(lab, clients, incident);
  console.log(`\n${milestonesTable(incident, clients)}`);
  await show(lab, fence, 'status', labPair);
  story.tell('Exactly one site is left, and that is proved. The run stays open and guards it.');
  console.log(`\nThe run in the Temporal UI: ${pageOf(lab)}\n`);
  await tellWayBack({ lab, story, clients, users, incident, options });
}

/** Everything starts, clients log in, and nothing is going on. */
async function beginTheDay(lab: Lab, story: Story): Promise<{ clients: ClientPopulation; users?: UsersScene }> {
  await Promise.all([lab.worker.start(), lab.webhook.start()]);
  story.tell('Both sites see each other; worker and webhook are ready.');
  const clients = lab.startClients();
  const caches = lab.keycloak ? (['actionTokens'] as const) : labCaches;
  await loadEntries(lab.infinispan.sites['site-a'].rest, { caches, perCache: entriesPerCache });
  await writeBefore(lab);
  await lab.until(() => servedByBoth(clients.summary().servedBy), {
    what: 'clients are served by both sites',
    withinSeconds: 30,
  });
  story.tell(`Clients log in through the accelerator: ${serving(clients.summary().servedBy)}.`);
  const users = lab.keycloak && (await usersScene(lab, story));
  await waitUntilNothingIsGoingOn(lab);
  story.tell('Both views are whole, SiteOffline is not firing, and no run is open.');
  return { clients, users };
}

interface WayBackScene {
  lab: Lab;
  story: Story;
  clients: ClientPopulation;
  users: UsersScene | undefined;
  incident: Incident;
  options: DemoOptions;
}

async function tellWayBack({ lab, story, clients, users, incident, options }: WayBackScene): Promise<void> {
  const keepSite: LabSite = incident.status.roles?.keepSite === 'site-b' ? 'site-b' : 'site-a';
  await writeOnSurvivor(lab, keepSite);
  story.tell(`${keepSite} goes on: it changes an entry that both sites know, and writes a new one.`);
  story.tell('HEAL: the link is whole again.');
  const person = leaveToThePerson(linkToRun(lab.run));
  const deciders = options.interactive
    ? { synchronize: person, siteOnline: person }
    : { synchronize: approveByCli, siteOnline: approveInTheTemporalUi };
  const answeredWithinSeconds = options.interactive ? oneDaySeconds : 60;
  const wayBack = await goBack({ lab, story, deciders, answeredWithinSeconds });
  const proofs = await proveTheReturn(lab, { clients, users }, { keepSite, wayBack });
  users?.returned(wayBack);
  await show(lab, proofs, 'report', labPair);
  users?.show();
  story.tell('Both sites serve again, and hold the same. The run is over; its report is archived:');
  console.log(`\n  ${wayBack.result.archived?.location ?? 'nowhere'}\n`);
}

/** Prints the proofs and what a command says. @throws when one of the proofs does not hold. */
async function show(lab: Lab, proofs: readonly Proof[], ...command: readonly string[]): Promise<void> {
  console.log(`\n${proofsTable(proofs)}`);
  const { stdout, stderr } = await lab.cli(...command);
  console.log(`\n$ sitewarden ${command.join(' ')}\n${stdout.trimEnd()}${stderr}\n`);
  const failed = proofs.filter(({ holds }) => !holds);
  if (failed.length > 0) throw new Error(`not proved: ${failed.map(({ what }) => what).join('; ')}`);
}

async function stayUp(lab: Lab, stop: AbortSignal): Promise<void> {
  console.log(`Everything stays up: ${pageOf(lab)}\nCut the link again:  curl -X POST ${lab.link.controlUrl}/cut`);
  console.log('Ctrl-C stops everything.');
  await Promise.race([once(stop, 'abort'), lab.run.crashed]);
}

function pageOf({ temporal }: Lab): string {
  return `${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(`site-pair/${labPair}`)}`;
}

function explained({ message, cause }: Error): string {
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

function servedByBoth(servedBy: Record<string, number>): boolean {
  return (servedBy['site-a'] ?? 0) >= 10 && (servedBy['site-b'] ?? 0) >= 10;
}

function serving(servedBy: Record<string, number>): string {
  return Object.entries(servedBy)
    .map(([site, logins]) => `${logins} by ${site}`)
    .join(', ');
}
