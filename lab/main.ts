/** `npm run lab [-- --keycloak]`: two sites, Sitewarden, and clients, until Ctrl-C. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { whyTheLabStops } from './crash-report';
import { whatToDoWithKeycloak } from './keycloak/guide';
import { startLab, type Lab } from './lab';
import { PartCrashed } from './processes';
import { linkToRun } from './run-link';
import { labPair } from './sitewarden-config';
import { interruption } from './stop-signal';

void main();

async function main(): Promise<void> {
  const { keycloak } = parseArgs({ options: { keycloak: { type: 'boolean', default: false } } }).values;
  const stop = interruption();
  const startedAt = performance.now();
  const sites = keycloak ? 'two sites with Keycloak, their database' : 'two sites';
  console.log(`Starting ${sites}, Temporal, the alerting, the AWS stand-in and Sitewarden ...`);
  let lab: Lab | undefined;
  try {
    lab = await startLab({ signal: stop, keycloak });
    await Promise.all([lab.worker.start(), lab.webhook.start(), lab.api.start()]);
    lab.startClients();
    console.log(guide(lab, (performance.now() - startedAt) / 1_000));
    await Promise.race([once(stop, 'abort'), lab.run.crashed]);
  } catch (error) {
    if (!stop.aborted) {
      console.error(error instanceof PartCrashed ? whyTheLabStops(error) : (error as Error).message);
      process.exitCode = 1;
    }
  } finally {
    console.log('\nStopping ...');
    await lab?.close();
  }
}

/** What a person can look at and do, as lines to copy. */
function guide(lab: Lab, tookSeconds: number): string {
  const folder = linkToRun(lab.run);
  const { infinispan, aws, alerting, temporal, link, applicationControl, apiUrl } = lab;
  const curl = join(folder, 'secrets', 'infinispan.curl');
  const config = join(folder, 'sitewarden.yaml');
  writeCurlSettings(lab);
  const sitewarden = `node dist/bin/sitewarden.js`;
  const lines = [
    `The lab is up (${tookSeconds.toFixed(1)} s). Clients log in all the time. Ctrl-C stops everything.`,
    '',
    'Look',
    `  Temporal UI          ${temporal.uiUrl}`,
    `  Prometheus           ${alerting.prometheusUrl}`,
    `  Alertmanager         ${alerting.alertmanagerUrl}`,
    `  API                  curl -H "Authorization: Bearer $(cat ${join(folder, 'secrets', 'api-token-alice')})" ${apiUrl}/v1/pairs/${labPair}/status`,
    `                       (alice and bob approve, oscar asks and acts, vera reads; its description: ${apiUrl}/v1/openapi.json)`,
    `  accelerator          http://${aws.accelerator.host}:${aws.accelerator.port}/lb-check`,
    `  calls to AWS         ${aws.standIn.url}/_stand-in/journal`,
    `  state of AWS         ${aws.standIn.url}/_stand-in/state`,
    ...Object.entries(infinispan.sites).map(
      ([site, { url }]) => `  Infinispan ${site}    curl -K ${curl} ${url}/rest/v2/container`,
    ),
    `  logs                 ${join(folder, 'logs')}/`,
    '',
    ...(lab.keycloak ? whatToDoWithKeycloak(lab.keycloak) : []),
    'Disturb',
    `  cut the link         curl -X POST ${link.controlUrl}/cut`,
    `  swallow everything   curl -X POST ${link.controlUrl}/blackhole`,
    `  slow it down         curl -X POST ${link.controlUrl}/slow/200`,
    `  heal it              curl -X POST ${link.controlUrl}/heal`,
    `  (one side only:      curl -X POST ${link.controlUrl}/site-a/cut)`,
    `  one way only         curl -X POST ${link.controlUrl}/site-a/mute   (or /site-a/deafen)`,
    `  throttle AWS         curl -H 'Content-Type: application/json' -d '{"faults": [{"kind": "throttle", "times": 20}]}' ${aws.standIn.url}/_stand-in/scenario`,
    `  AWS is well again    curl -H 'Content-Type: application/json' -d '{}' ${aws.standIn.url}/_stand-in/reset`,
    '',
    'Ask Sitewarden (as alice, through the API: with sitewarden-as-alice.yaml in place of sitewarden.yaml)',
    `  . ${join(folder, 'environment.sh')}`,
    `  ${sitewarden} status --config ${config}`,
    `  ${sitewarden} observe ${labPair} --config ${config}`,
    `  ${sitewarden} fence ${labPair} --site site-b --dry-run --config ${config}`,
    '',
    'After a cut and a heal, or as planned: the way back (each takes --wait; status shows the line that answers a question)',
    ...[
      `watch ${labPair}`,
      `synchronize ${labPair} --reason "the link is whole"`,
      `approve ${labPair}`,
      `site-online ${labPair} --site site-b --reason "both are equal"`,
      `site-offline ${labPair} --site site-b --reason "its database is upgraded"`,
      `report ${labPair}`,
    ].map((line) => `  ${sitewarden} ${line} --config ${config}`),
    '',
    'Stop and start a site as its platform would',
    `  curl -X POST ${applicationControl.url}/site-b/stop   (or /start)`,
  ];
  return `\n${lines.join('\n')}\n`;
}

/** curl's own settings file: keeps the password off the command line. */
function writeCurlSettings({ run, infinispan }: Lab): void {
  const { username, password } = infinispan.users.admin;
  const settings = `cacert = "${infinispan.certificates.caFile}"\nuser = "${username}:${password}"\nsilent\n`;
  writeFileSync(join(run.folder, 'secrets', 'infinispan.curl'), settings, { mode: 0o600 });
}
