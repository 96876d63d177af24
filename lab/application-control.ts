import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { LabApplication } from './application';
import { freePort } from './ports';
import { projectFolder } from './project-folder';
import type { LabRun } from './run';
import { isLabSite, type LabSite } from './sites';
import { tiers } from './tiers';

const program = join(projectFolder, 'dist', 'lab', 'application-command.js');

/** What a site's commands say of its application, and what they can be told to do with it. */
export const applicationVerbs = ['stop', 'start', 'status'] as const;
export type ApplicationVerb = (typeof applicationVerbs)[number];

/**
 * Stops and starts the applications of the sites, over HTTP: `GET /site-a` tells whether it runs, `POST /site-a/stop` and
 * `/site-a/start` change it; repeating one changes nothing. It stands for the platform that runs a site's Keycloak.
 */
export class ApplicationControl {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(run: LabRun, applications: Record<LabSite, LabApplication>): Promise<ApplicationControl> {
    const port = await freePort();
    const server = createServer((request, response) => {
      const answered = answer(applications, request.method ?? '', request.url ?? '').catch(asFailure);
      void answered.then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const control = new ApplicationControl(server, port);
    run.onClose(tiers.applications, () => control.close());
    return control;
  }

  /** The command that a sitewarden.yaml names for it: a program and its arguments, run without a shell. */
  command(site: LabSite, verb: ApplicationVerb): readonly string[] {
    return [process.execPath, program, `${this.url}/${site}`, verb];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

interface Answer {
  status: number;
  body: unknown;
}

function asFailure(error: Error): Answer {
  return { status: 500, body: { error: error.message } };
}

async function answer(applications: Record<LabSite, LabApplication>, method: string, path: string): Promise<Answer> {
  const [site, verb = 'status', ...rest] = path.split('/').filter(Boolean);
  const wanted = method === 'POST' ? ['stop', 'start'] : ['status'];
  if (!isLabSite(site) || rest.length > 0 || !wanted.includes(verb)) {
    return { status: 404, body: { error: 'GET /site-a, POST /site-a/stop, POST /site-a/start' } };
  }
  const application = applications[site];
  if (verb === 'stop') await application.stop();
  if (verb === 'start') await application.launch();
  return { status: 200, body: { site, state: application.isRunning ? 'running' : 'stopped' } };
}
