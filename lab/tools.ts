import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './project-folder';

/** Programs and jars that scripts/run.mjs found or installed, as full paths. */
export interface Tools {
  temporal: string;
  temporalTestServer: string;
  java: string;
  infinispanJars: string;
  prometheus: string;
  promtool: string;
  alertmanager: string;
  amtool: string;
  /** The folder of a built Keycloak. */
  keycloakHome: string;
  /** The folder of PostgreSQL's programs. */
  postgresPrograms: string;
  /** Only where it was unpacked, and not installed: the folder that has it all, and in it that of its libraries. */
  postgresFolder?: string;
  postgresLibraries?: string;
  etcd: string;
  etcdctl: string;
  ping: string;
  /** A Python that has boto3. */
  botoPython: string;
  /** The folder of the fence agents. */
  fenceAgents: string;
  /** Only where the distribution keeps Prometheus' web pages outside its program. */
  prometheusWebAssets?: string;
  /** Only where Alertmanager has to be started in a folder of its own. */
  alertmanagerFolder?: string;
}

/** @throws when one of the named tools is not installed; the message says which command installs it. */
export function readTools<Name extends keyof Tools>(...names: Name[]): Required<Pick<Tools, Name>> & Partial<Tools> {
  const file = process.env.SITEWARDEN_TOOLS ?? join(projectFolder, '.lab', 'tools.json');
  const tools = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Tools>) : {};
  const missing = names.filter((name) => !existsSync(tools[name] ?? ''));
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(', ')} not installed (according to ${file}). Start by npm: "npm run lab" or "npm test".`,
    );
  }
  return tools as Required<Pick<Tools, Name>> & Partial<Tools>;
}
