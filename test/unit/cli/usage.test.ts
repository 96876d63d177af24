import { writeFileSync } from 'node:fs';
import { CommandLine } from '../../support/command-line';
import { commandLine } from './fake-runs';

// Loading any of these would make --help slow, or need more than the command does.
jest.mock('@temporalio/client', () => fail('the client of Temporal'));
jest.mock('@temporalio/worker', () => fail('the worker'));
jest.mock('@aws-sdk/client-secrets-manager', () => fail('the AWS SDK'));
jest.mock('@aws-sdk/client-global-accelerator', () => fail('the AWS SDK'));

function fail(what: string): never {
  throw new Error(`${what} was loaded`);
}

describe('command line: usage', () => {
  it('--help: groups every command by what it is for', async () => {
    const { exitCode, stdout, stderr } = await commandLine().run('--help');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/^\w[\w ]*:$/gm)).toEqual([
      'Options:',
      'Look:',
      'Act:',
      'Answer:',
      'Serve:',
      'Set up:',
      'Exit codes:',
      'Examples:',
    ]);
  });

  it.each([
    'status',
    'watch',
    'explain',
    'observe',
    'pairs',
    'fence',
    'synchronize',
    'site-online',
    'site-offline',
    'emergency',
    'pause',
    'hold',
    'release',
    'abort',
    'approve',
    'reject',
    'retry',
    'confirm',
    'worker',
    'webhook',
    'observer',
    'sentinel',
    'devices',
    'readiness',
    'drill',
    'quorum',
    'setup',
    'config check',
    'completion',
  ])('%s --help: what it does, an example, the exit codes', async (command) => {
    const ran = await commandLine().run(...command.split(' '), '--help');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^Usage: sitewarden .*\n\n\S.{20,}/);
    expect(ran.stdout).toContain(`Examples:\n  sitewarden ${command}`);
    expect(ran.stdout).toContain('Exit codes:\n  0 done\n');
  });

  it.each(['observe', 'readiness', 'devices', 'drill'])(
    '%s --help: names the exit code without a worker',
    async (command) => {
      const ran = await commandLine().run(command, '--help');

      expect(ran.stdout).toContain('  6 no worker answers');
    },
  );

  it('--version: prints the version of the package', async () => {
    const ran = await commandLine().run('--version');

    expect(ran).toMatchObject({ exitCode: 0, stdout: '0.1.0\n' });
  });

  it.each([
    ['an unknown command', 'fnce keycloak-prod', 'Did you mean fence?'],
    ['an unknown command of config', 'config chek', 'Did you mean check?'],
    ['no command at all', '', 'Usage: sitewarden'],
    ['a missing pair', 'observe', "missing required argument 'pair'"],
    ['an unknown option', 'status --watch', "unknown option '--watch'"],
    ['a mistyped option', 'fence keycloak-prod --sit site-b', 'Did you mean --site?'],
    ['a mistyped option of every command', 'status --jsn', 'Did you mean --json?'],
    ['a wait that is no number', 'fence keycloak-prod --site site-b --wait soon', 'Write whole seconds'],
    ['an unknown pair', 'observe keycloak-test', 'It has: keycloak-prod.'],
    ['a mistyped pair', 'explain keycloak-prd', 'Did you mean keycloak-prod?'],
    ['a mistyped pair of several', 'watch keycloak-prod keycloak-rpod', 'Did you mean keycloak-prod?'],
    ['a pair that is like no other', 'status else', 'The configuration has no pair "else".\nIt has'],
    ['a mistyped site', 'fence keycloak-prod --site sitea --dry-run', 'Did you mean site-a?'],
    ['a site that could be either', 'fence keycloak-prod --site site-c --dry-run', 'no site "site-c".\n'],
    ['a mistyped gate', 'approve keycloak-prod --gate keepsite', 'Did you mean keepSite?'],
    ['the beginning of a gate', 'approve keycloak-prod --gate admitStale', 'Did you mean admitStaleSite?'],
    [
      'a gate that is like no other',
      'reject keycloak-prod --gate x --reason y',
      'Gates: fence, fenceDiverging, keepSite, synchronize, siteOnline, siteOffline, admitStaleSite.',
    ],
    ['no gate', 'approve keycloak-prod --reason y', 'sitewarden status keycloak-prod'],
    ['a plan that is none', 'approve keycloak-prod --gate siteOnline --plan x --reason y', 'it has 8 hex digits'],
    ['an approval without a reason', 'approve keycloak-prod --gate fence', 'Add --reason "...".'],
    ['a pause without an end', 'pause keycloak-prod --reason y', 'Add --for 2h'],
    ['a pause without a unit', 'pause keycloak-prod --for 90 --reason y', 'Write it as in 90s'],
    ['a pause that is too long', 'pause keycloak-prod --for 8d --reason y', 'from 1m to 7d'],
    ['a pause that is too short', 'pause keycloak-prod --for 59s --reason y', 'from 1m to 7d'],
    ['a pause without a reason', 'pause keycloak-prod --for 1h30m', 'Add --reason "...".'],
    ['a hold without a reason', 'hold keycloak-prod', 'Add --reason "...".'],
    ['a confirmation without a reason', 'confirm keycloak-prod', 'Add --reason "...".'],
    ['a mistyped shell', 'completion zhs', 'Did you mean zsh?'],
    ['no name of an observer', 'observer', 'No pair of the configuration has observers'],
    ['an observer that no pair has', 'observer --name third', 'No pair has an observer "third".'],
    ['an unknown site', 'fence keycloak-prod --site site-c --dry-run', 'Use --site site-a or --site site-b.'],
    ['no site', 'fence keycloak-prod --dry-run', 'Use --site site-a or --site site-b.'],
    ['no reason for a fence', 'fence keycloak-prod --site site-b', 'Add --reason "...".'],
    ['no reason for an abort', 'abort keycloak-prod', 'Add --reason "...".'],
  ])('exits 2 and says what to write: %s', async (_, args, said) => {
    const ran = await commandLine().run(...args.split(' ').filter((word) => word !== ''));

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(said);
  });

  it.each([
    ['unknown option', [`--resaon=${"it's long ".repeat(500)}`]],
    ["option '--wait [seconds]' argument", ['--wait', 'long '.repeat(1_000)]],
  ])('%s: does not echo the whole of a long text', async (said, args) => {
    const ran = await commandLine().run('abort', 'keycloak-prod', ...args);
    const asData = await commandLine().run('abort', 'keycloak-prod', ...args, '--json');

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(said);
    expect(ran.stderr.length).toBeLessThan(400);
    expect(asData.stdout.length).toBeLessThan(400);
  });

  it('abort --help: says which of --wait and --no-wait counts', async () => {
    const { stdout } = await commandLine().run('abort', '--help');

    expect(stdout.replace(/\s+/g, ' ')).toContain('of --wait and --no-wait the later one counts');
  });

  it('--json: failures are one JSON value on standard output', async () => {
    const mistyped = await commandLine().run('fnce', '--json');
    const unknown = await commandLine().run('status', 'keycloak-test', '--json');

    expect(mistyped.json()).toEqual({ error: { message: expect.stringContaining('unknown command'), exitCode: 2 } });
    expect(unknown.json()).toEqual({
      error: {
        message: 'The configuration has no pair "keycloak-test". Did you mean keycloak-prod?',
        next: 'It has: keycloak-prod.',
        exitCode: 2,
      },
    });
  });
});

describe('command line: config check', () => {
  it('prints the effective configuration, with references and no secret', async () => {
    const ran = await commandLine().run('config', 'check');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('secret: aws:infinispan-site-a');
    expect(ran.stdout).toContain('# No problems. Pairs: keycloak-prod.');
  });

  it('exits 2 with every problem, and what to write instead', async () => {
    const cli = new CommandLine({ pairs: ['keycloak-prod'] });
    writeFileSync(cli.configFile, 'sitePairs: []\nwebhok: {}\n');

    const ran = await cli.run('config', 'check');
    const asData = await cli.run('config', 'check', '--json');

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/:1:\d+ {2}sitePairs.*empty.*\n.*\n.*:2:1 {2}webhok: there is no such key/);
    expect(ran.stderr).toContain('2 problems. Nothing was started.');
    expect(asData.json().error.problems).toHaveLength(2);
  });
});
