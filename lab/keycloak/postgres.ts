import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../ports';
import type { LabRun } from '../run';
import { makeUser, type LabUser } from '../secrets';
import { tiers } from '../tiers';
import { readTools } from '../tools';

const readyWithinSeconds = 60;
/** Its data is thrown away with the lab: nothing has to survive a crash of the machine. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  jit: 'off',
  shared_buffers: '64MB',
  max_connections: '60',
  // In its own folder, where a kill leaves nothing that outlives the folder.
  dynamic_shared_memory_type: 'mmap',
};

/** The database that both Keycloaks share. */
export interface LabDatabase {
  port: number;
  /** Owns the database. */
  user: LabUser;
  jdbcUrl: string;
}

/** Makes an empty database and starts its server. Returns when it can be used. */
export async function startPostgres(run: LabRun): Promise<LabDatabase> {
  const port = await freePort();
  run.closing.throwIfAborted();
  const user = makeUser(join(run.folder, 'secrets'), 'keycloak-database', 'keycloak');
  const folder = join(run.folder, 'postgres');
  const data = join(folder, 'data');
  mkdirSync(folder, { mode: 0o700 });
  const { programs, env } = locatePrograms(run);
  // After the server: the runs that are kept to look into would keep a database each.
  run.onClose(tiers.network, async () => rmSync(data, { recursive: true, force: true, maxRetries: 5 }));
  await initialize({ ...commandFor(join(programs, 'initdb')), env, folder, data, user, signal: run.closing });
  const { program, args } = commandFor(join(programs, 'postgres'));
  await run.processes.start({
    ...{ name: 'postgres', tier: tiers.servers, program, env },
    args: [...args, '-D', data, '-p', String(port), ...Object.entries(settings).flatMap(asArgument)],
    ready: async () => isReady(data),
    readyWithinSeconds,
  });
  return { port, user, jdbcUrl: `jdbc:postgresql://127.0.0.1:${port}/postgres` };
}

const isRoot = process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root, whoever that is and wherever. Where we are root (a container, CI) it runs as `nobody`,
 * who may nevertheless write in our folders: data and secrets stay where they are and closed to others.
 */
function commandFor(program: string): { program: string; args: readonly string[] } {
  if (!isRoot) return { program, args: [] };
  const nobody = ['--reuid=nobody', '--regid=65534', '--clear-groups'];
  return {
    program: 'setpriv',
    args: [...nobody, '--inh-caps=+dac_override', '--ambient-caps=+dac_override', program],
  };
}

/** The programs, where `nobody` finds them: PostgreSQL looks for itself by access(2), which knows of no such permission. */
function locatePrograms(run: LabRun): { programs: string; env: NodeJS.ProcessEnv } {
  const { postgresPrograms, postgresFolder, postgresLibraries } = readTools('postgresPrograms');
  if (!postgresFolder || !postgresLibraries) return { programs: postgresPrograms, env: {} };
  if (!isRoot) return { programs: postgresPrograms, env: { LD_LIBRARY_PATH: postgresLibraries } };
  const open = mkdtempSync(join(tmpdir(), 'sitewarden-postgres-'));
  run.onClose(tiers.network, async () => rmSync(open, { recursive: true, force: true }));
  cpSync(postgresFolder, open, { recursive: true });
  chmodSync(open, 0o755);
  const copied = (path: string) => join(open, relative(postgresFolder, path));
  return { programs: copied(postgresPrograms), env: { LD_LIBRARY_PATH: copied(postgresLibraries) } };
}

async function initialize(options: {
  program: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  folder: string;
  data: string;
  user: LabUser;
  signal: AbortSignal;
}): Promise<void> {
  const { program, args, env, folder, data, user, signal } = options;
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${user.password}\n`, { mode: 0o600 });
  const access = ['-U', user.username, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const contents = ['--encoding=UTF8', '--locale=C', '--no-sync'];
  try {
    const initdb = [...args, '-D', data, ...access, ...contents];
    await promisify(execFile)(program, initdb, { env: { ...process.env, ...env }, signal });
  } finally {
    rmSync(passwordFile);
  }
}

function asArgument([name, value]: [string, string]): string[] {
  return ['-c', `${name}=${value}`];
}

/** The eighth line of postmaster.pid, where pg_ctl reads it too. */
function isReady(data: string): boolean {
  const file = join(data, 'postmaster.pid');
  return existsSync(file) && readFileSync(file, 'utf8').split('\n')[7]?.trim() === 'ready';
}
