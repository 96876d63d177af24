/**
 * `node dist/lab/application-command.js <control>/<site> stop | start | status`: what a site's `workload` names in the lab's
 * sitewarden.yaml. Exit code of `status`: 0 runs, 3 stopped, as init scripts have it. Anything else: 1, and why.
 */
import { request } from 'node:http';

const exitCodes: Record<string, number> = { running: 0, stopped: 3 };
/** Less than the `timeoutSeconds` of the lab's configuration; a Keycloak takes seconds to stop. */
const answersWithinMs = 9_000;

const [url = '', verb = ''] = process.argv.slice(2);

void main();

async function main(): Promise<void> {
  try {
    if (!['stop', 'start', 'status'].includes(verb)) throw new Error(`"${verb}" is none of stop, start, status`);
    const { state, error } = await ask(verb === 'status' ? 'GET' : 'POST', verb === 'status' ? url : `${url}/${verb}`);
    if (state === undefined) throw new Error(error ?? 'no state was told');
    console.log(state);
    if (verb === 'status') process.exitCode = exitCodes[state] ?? 1;
  } catch (error) {
    console.error(`${verb} ${url}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

function ask(method: 'GET' | 'POST', path: string): Promise<{ state?: string; error?: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(path, { method, signal: AbortSignal.timeout(answersWithinMs) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('error', reject);
      response.once('end', () => resolve(JSON.parse(text) as { state?: string; error?: string }));
    });
    asking.once('error', reject);
    asking.end();
  });
}
