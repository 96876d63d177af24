/** `npm run demo [-- --keep]`: one incident, for real and measured, told while it happens. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { breakTheLink, proveTheFence, waitUntilNothingIsGoingOn } from './demo/incident';
import { milestonesTable, proofsTable, Story } from './demo/story';
import { startLab, type Lab } from './lab';
import { labPair } from './sitewarden-config';
import { interruption } from './stop-signal';

void main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
  const stop = interruption();
  const story = new Story();
  story.tell(
    'Starting: two Infinispan sites (TLS), the link between them, Temporal, Prometheus, Alertmanager, the AWS',
  );
  story.tell('stand-in, an application per site, and Sitewarden as it is shipped.');
  let lab: Lab | undefined;
  try {
    lab = await startLab({ signal: stop });
    await tellIncident(lab, story, values.keep, stop);
  } catch (error) {
    if (!stop.aborted) console.error(`\nThe demo failed: ${explained(error as Error)}`);
    process.exitCode = stop.aborted ? 130 : 1;
  } finally {
    story.tell('Stopping everything ...');
    await lab?.close();
    story.tell('Stopped.');
  }
}

async function tellIncident(lab: Lab, story: Story, keep: boolean, stop: AbortSignal): Promise<void> {
  await Promise.all([lab.worker.start(), lab.webhook.start()]);
  story.tell('Both sites see each other; worker and webhook are ready.');
  const clients = lab.startClients();
  await lab.until(() => servedByBoth(clients.summary().servedBy), {
    what: 'clients are served by both sites',
    withinSeconds: 30,
  });
  story.tell(`Clients log in through the accelerator: ${serving(clients.summary().servedBy)}.`);
  await waitUntilNothingIsGoingOn(lab);
  story.tell('Both views are whole, SiteOffline is not firing, and no run is open.');

  story.tell('CUT: the link between site-a and site-b is gone.');
  const incident = await breakTheLink(lab, (milestone) => story.milestone(milestone));
  const proofs = await proveTheFence(lab, clients, incident);
  await clients.stop();

  console.log(`\n${milestonesTable(incident, clients)}`);
  console.log(`\n${proofsTable(proofs)}`);
  const status = await lab.cli('status', labPair);
  console.log(`\n$ sitewarden status ${labPair}\n${status.stdout.trimEnd()}\n`);
  const failed = proofs.filter(({ holds }) => !holds);
  if (failed.length > 0) throw new Error(`not proved: ${failed.map(({ what }) => what).join('; ')}`);
  story.tell('Exactly one site is left, and that is proved. The run stays open and guards it.');
  const uiPath = `namespaces/${lab.temporal.namespace}/workflows/${encodeURIComponent(`site-pair/${labPair}`)}`;
  console.log(
    `\nThe run in the Temporal UI${keep ? '' : ' (with --keep it stays up)'}: ${lab.temporal.uiUrl}/${uiPath}\n`,
  );
  if (!keep) return;
  console.log(`Heal the link:  curl -X POST ${lab.link.controlUrl}/heal\nCtrl-C stops everything.`);
  await Promise.race([once(stop, 'abort'), lab.run.crashed]);
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
