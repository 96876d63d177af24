import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporal } from '@temporalio/proto';
import { request } from 'undici';
import { labPair } from '../../lab/sitewarden-config';
import type { IncidentLab } from './incident-lab';

const run = promisify(execFile);
const { History } = temporal.api.history.v1;

/** All that an installation leaves where others may read it, by where: histories, pages, logs, the command line, processes. */
export async function tracesOf(
  incidents: IncidentLab,
  metricsPages: readonly string[],
): Promise<Record<string, string>> {
  const { stdout: processes } = await run('ps', ['-axww', '-o', 'args']);
  return {
    ...(await histories(incidents)),
    ...logs(join(incidents.lab.run.folder, 'logs')),
    ...(await commandLine(incidents)),
    ...(await pages(incidents, metricsPages)),
    'list of processes': processes,
  };
}

/** As bytes: payloads stand in them as they were sent. */
async function histories({ temporal: client }: IncidentLab): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    found[`history ${runId}`] = Buffer.from(History.encode(history).finish()).toString('latin1');
  }
  return found;
}

function logs(folder: string): Record<string, string> {
  const written = readdirSync(folder).map((file) => [`log ${file}`, readFileSync(join(folder, file), 'utf8')] as const);
  return Object.fromEntries(written.filter(([, text]) => text !== ''));
}

async function commandLine({ lab }: IncidentLab): Promise<Record<string, string>> {
  const commands = [
    ['status', labPair],
    ['observe', labPair, '--json'],
    ['config', 'check'],
    ['fence', labPair],
  ];
  const ran = commands.map(async (args) => {
    const { stdout, stderr } = await lab.cli(...args);
    return [`sitewarden ${args.join(' ')}`, stdout + stderr] as const;
  });
  return Object.fromEntries(await Promise.all(ran));
}

async function pages(
  { temporal: client, workflowId }: IncidentLab,
  metricsPages: readonly string[],
): Promise<Record<string, string>> {
  const handle = client.workflow.getHandle(workflowId);
  const asked = metricsPages.map(async (url) => {
    const { body, statusCode } = await request(url);
    return [`${url} ${statusCode}`, await body.text()] as const;
  });
  return {
    ...Object.fromEntries(await Promise.all(asked)),
    'details page': JSON.stringify(await handle.query('__temporal_workflow_metadata')),
    status: JSON.stringify(await handle.query('status')),
  };
}

/** The secrets, by name, that stand in a text: as they are, or as they go over the wire. */
export function leakedIn(text: string, secrets: Record<string, { username: string; password: string }>): string[] {
  return Object.entries(secrets)
    .filter(([, { username, password }]) => {
      const forms = [password, encodeURIComponent(password), base64(password), base64(`${username}:${password}`)];
      return forms.some((form) => text.includes(form));
    })
    .map(([name]) => name);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
