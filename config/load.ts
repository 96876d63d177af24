import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { crossChecks } from './cross-checks';
import { explain } from './explain';
import { ConfigProblems, type ConfigProblem } from './problems';
import { readYaml, type YamlFile } from './read-yaml';
import { configSchema, type FileConfig, type SiteConfig } from './schema';
import { temporalConnect, type Environment } from './temporal';

/** sitewarden.yaml with every default filled in. Holds references to secrets, never a secret. */
export interface SitewardenConfig extends FileConfig {
  temporal: FileConfig['temporal'] & { address: string; namespace: string };
}

const standardPlaces = ['./sitewarden.yaml', '/etc/sitewarden/sitewarden.yaml'];

/**
 * Reads the configuration from `path`, else from $SITEWARDEN_CONFIG, else from the first standard place that has one.
 * Reads that file and, for Temporal, its own profile; asks nothing over the network.
 * @throws ConfigProblems with everything that is wrong.
 */
export function loadConfig(path: string | undefined, env: Environment): SitewardenConfig {
  const file = path ?? (env.SITEWARDEN_CONFIG || undefined) ?? standardPlaces.find((place) => existsSync(place));
  if (file === undefined) throw nowhere();
  return parseConfig(file, textOf(file), env);
}

/** The same for a text that was already read; `file` is named in problems, and relative paths start at its folder. */
export function parseConfig(file: string, text: string, env: Environment): SitewardenConfig {
  const yaml = readYaml(file, text);
  const parsed = configSchema.safeParse(yaml.data ?? null);
  const faults = crossChecks(yaml.data);
  const problems = explain(file, yaml, { issues: parsed.error?.issues ?? [], faults });
  if (!parsed.success || problems.length > 0) throw new ConfigProblems(problems);
  const { address, namespace } = temporalOf(file, yaml, parsed.data, env);
  const temporal = { ...parsed.data.temporal, address, namespace };
  return withAbsoluteFolders(withAbsoluteFiles({ ...parsed.data, temporal }, dirname(file)), dirname(file));
}

function nowhere(): ConfigProblems {
  return new ConfigProblems([
    {
      file: 'sitewarden.yaml',
      what: 'There is no configuration file.',
      instead: `Looked at: --config, SITEWARDEN_CONFIG (neither is set), ${standardPlaces.join(', ')}. Write one of them; sitewarden.example.yaml is a start.`,
    },
  ]);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const what = code === 'ENOENT' ? 'There is no such file.' : `The file cannot be read (${code ?? 'unknown'}).`;
    const instead = `The order is: --config, SITEWARDEN_CONFIG, ${standardPlaces.join(', ')}.`;
    throw new ConfigProblems([{ file, what, instead }]);
  }
}

function temporalOf(file: string, yaml: YamlFile, config: FileConfig, env: Environment) {
  try {
    return temporalConnect(config.temporal, env);
  } catch (error) {
    const path = config.temporal.profile === undefined ? 'temporal' : 'temporal.profile';
    // First line only: the TOML parser quotes the file after it, and that may be an API key.
    const said = String((error as Error).message)
      .split('\n')[0]
      ?.slice(0, 200);
    const problem: ConfigProblem = {
      file,
      ...yaml.placeOf(path.split('.')),
      path,
      what: `${path}: Temporal's own configuration cannot be used: ${said}`,
      instead: 'Look at `temporal config list`, $TEMPORAL_CONFIG_FILE and the TEMPORAL_* variables.',
    };
    throw new ConfigProblems([problem]);
  }
}

/** Folders are relative to the configuration file, wherever the process was started. */
function withAbsoluteFolders(config: SitewardenConfig, folder: string): SitewardenConfig {
  const { archive, lock, sitePairs } = config;
  const absolute = (named: { folder: string }) => ({ folder: resolve(folder, named.folder) });
  return {
    ...config,
    archive: archive.file ? { file: absolute(archive.file) } : archive,
    ...(lock?.file && { lock: { file: absolute(lock.file) } }),
    sitePairs: sitePairs.map((pair) => {
      const [first, second] = pair.sites;
      return { ...pair, sites: [withAbsoluteState(first, folder), withAbsoluteState(second, folder)] };
    }),
  };
}

function withAbsoluteState(site: SiteConfig, folder: string): SiteConfig {
  const { sentinel } = site;
  return sentinel ? { ...site, sentinel: { ...sentinel, stateFolder: resolve(folder, sentinel.stateFolder) } } : site;
}

/** Arguments of commands, which are none of ours to change. */
const verbatim = ['stop', 'start', 'status', 'command', 'ping', 'ping6'];

/** `file:` is relative to the configuration file, wherever the process was started. */
function withAbsoluteFiles<T>(value: T, folder: string): T {
  if (typeof value === 'string') {
    return (value.startsWith('file:') ? `file:${resolve(folder, value.slice('file:'.length))}` : value) as T;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => withAbsoluteFiles(item, folder)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const absolute = ([key, item]: [string, unknown]) => [
    key,
    verbatim.includes(key) ? item : withAbsoluteFiles(item, folder),
  ];
  return Object.fromEntries(Object.entries(value).map(absolute)) as T;
}
