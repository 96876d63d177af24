/** What docker-compose.yml starts with, as the real tools judge it: its secrets, and the alerting files where it mounts them. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { callerIn, parseAccounts } from '../../client/api/accounts';
import { projectFolder } from '../../lab/project-folder';
import { readTools } from '../../lab/tools';
import { bindMountsOf, compose, secretsOf } from '../support/compose-file';

const at = (...path: string[]) => join(projectFolder, ...path);
let folder: string;
const secretFile = (file: string) => join(folder, 'secrets', basename(file));
const make = () => execFileSync('sh', [join(folder, 'make-secrets.sh')], { encoding: 'utf8' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sitewarden-compose-'));
  cpSync(at('deploy', 'compose', 'make-secrets.sh'), join(folder, 'make-secrets.sh'));
  make();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('deploy/compose/make-secrets.sh', () => {
  const files = () => readdirSync(join(folder, 'secrets')).sort();

  it('makes every secret that docker-compose.yml names, and no other', () => {
    const named = Object.values(compose.secrets).map(({ file }) => file);

    expect(named.filter((file) => !file.startsWith('deploy/compose/secrets/'))).toEqual([]);
    expect(files()).toEqual([...named.map((file) => basename(file)), 'complete'].sort());
  });

  it('leaves a complete set alone', () => {
    const before = files().map((file) => readFileSync(join(folder, 'secrets', file), 'utf8'));

    expect(make()).toContain('complete already');
    expect(files().map((file) => readFileSync(join(folder, 'secrets', file), 'utf8'))).toEqual(before);
  });

  it('says the same password to both ends', () => {
    const made = (file: string) => readFileSync(join(folder, 'secrets', file), 'utf8');
    const password = (file: string) => (JSON.parse(made(file)) as { password: string }).password;

    expect(password('webhook-credentials.json')).toBe(made('webhook-password'));
    expect(callerIn(`Bearer ${made('api-token')}`, parseAccounts(made('api-tokens.json')))?.name).toBe('operator');
    expect(made('api-tokens.json')).not.toContain(made('api-token'));
    expect(made('infinispan-users.properties')).toContain(`admin=${password('infinispan-admin.json')}\n`);
    expect(made('infinispan-users.properties')).toContain(`application=${password('infinispan-application.json')}\n`);
  });

  it('makes certificates for the names that are asked for, by its own CA', () => {
    const verify = (site: string, host: string) =>
      execFileSync(
        'openssl',
        ['verify', '-CAfile', 'infinispan-ca.pem', '-verify_hostname', host, `infinispan-${site}.pem`],
        {
          cwd: join(folder, 'secrets'),
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );

    for (const site of ['site-a', 'site-b']) {
      expect(verify(site, `infinispan.${site}.example`)).toContain('OK');
      expect(verify(site, 'localhost')).toContain('OK');
    }
    expect(() => verify('site-a', 'infinispan.site-b.example')).toThrow();
  });

  it('writes where git does not look', () => {
    const ignored = execFileSync('git', ['check-ignore', 'deploy/compose/secrets/webhook-password', '.env'], {
      cwd: projectFolder,
      encoding: 'utf8',
    });

    expect(ignored.trim().split('\n')).toHaveLength(2);
  });
});

describe('the alerting of docker-compose.yml', () => {
  const { promtool, amtool } = readTools('promtool', 'amtool');

  /** The service's files where it sees them, below a folder of ours. */
  function laidOut(service: string): string {
    const root = join(folder, service);
    const { [service]: definition } = compose.services;
    const secrets = secretsOf(definition!).map(({ source, target }) => ({
      source: secretFile(compose.secrets[source]!.file),
      target,
    }));
    const mounts = bindMountsOf(definition!).map(({ source, target }) => ({ source: at(source), target }));
    for (const { source, target } of [...mounts, ...secrets]) {
      mkdirSync(dirname(join(root, target)), { recursive: true });
      cpSync(source, join(root, target));
    }
    return root;
  }
  const configOf = (service: string) =>
    compose.services[service]?.command?.find((argument) => argument.startsWith('--config.file='))?.split('=')[1] ?? '';

  it('Prometheus finds its configuration, and beside it the rules and the CA that it names', () => {
    const file = join(laidOut('prometheus'), configOf('prometheus'));

    expect(execFileSync(promtool, ['check', 'config', file], { encoding: 'utf8' })).toContain('1 rule files found');
  });

  it('Alertmanager finds its configuration, and beside it the password that it names', () => {
    const root = laidOut('alertmanager');
    const file = join(root, configOf('alertmanager'));
    const named = /password_file: ([\w-]+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';

    expect(execFileSync(amtool, ['check-config', file], { encoding: 'utf8' })).toContain('SUCCESS');
    expect(readFileSync(join(dirname(file), named), 'utf8')).toMatch(/^[0-9a-f]{36}$/);
  });
});
