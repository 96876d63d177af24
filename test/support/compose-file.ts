import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectFolder } from '../../lab/project-folder';

export interface Mount {
  source: string;
  target: string;
}

/** A service with what the tests ask of it, in one form each. */
export interface ComposeService {
  image?: string;
  build?: { context: string; target?: string };
  command?: string[];
  environment?: Record<string, string>;
  env_file?: string[];
  volumes?: string[];
  secrets?: (string | Mount)[];
  ports?: string[];
  networks: string[] | Record<string, { aliases?: string[] } | null>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  user?: string;
  read_only?: boolean;
  restart?: string;
  cap_drop?: string[];
  security_opt?: string[];
  profiles?: string[];
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

export const composeText = readFileSync(join(projectFolder, 'docker-compose.yml'), 'utf8');

/** As Compose sees it: anchors merged, variables not yet filled in. The file is our own: its aliases need no bound. */
export const composeData = (): unknown => parse(composeText, { merge: true, maxAliasCount: -1 });

export const compose = composeData() as ComposeFile;

export const networksOf = ({ networks }: ComposeService): string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks);

/** Files and folders of this repository, or of the machine, that the service sees, and where. */
export function bindMountsOf({ volumes = [] }: ComposeService): Mount[] {
  return volumes
    .map((volume) => volume.split(':'))
    .filter(([source = '']) => source.startsWith('.'))
    .map(([source = '', target = '']) => ({ source, target }));
}

export function secretsOf({ secrets = [] }: ComposeService): Mount[] {
  return secrets.map((secret) =>
    typeof secret === 'string' ? { source: secret, target: `/run/secrets/${secret}` } : secret,
  );
}

/** The services that `asker` reaches under a name: by itself or by an alias, in a network that both are in. */
export function servicesNamed(name: string, asker: string): string[] {
  const reached = networksOf(compose.services[asker]!);
  return Object.entries(compose.services).flatMap(([service, definition]) => {
    const shared = networksOf(definition).filter((network) => reached.includes(network));
    const aliases = shared.flatMap((network) =>
      Array.isArray(definition.networks) ? [] : (definition.networks[network]?.aliases ?? []),
    );
    return shared.length > 0 && (service === name || aliases.includes(name)) ? [service] : [];
  });
}

/** The ports that a service is asked at: published, checked for its health, or given on its command line. */
export function portsOf(service: string): number[] {
  const { ports = [], command = [], healthcheck, environment = {} } = compose.services[service]!;
  const said = [
    ...ports.map((port) => /:(\d+)$/.exec(port)?.[1]),
    ...[...(healthcheck?.test ?? []), environment.SITEWARDEN_HEALTH_URL ?? ''].map(
      (text) => /(?:127\.0\.0\.1[:/]|^)(\d{4,5})(?:\/|$)/.exec(text)?.[1],
    ),
    ...command.map((argument) => /^(?:-D[\w.]*bind\.port=)?(\d{4,5})$/.exec(argument)?.[1]),
  ];
  return said.filter((port) => port !== undefined).map(Number);
}
