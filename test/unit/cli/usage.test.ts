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
  it.each([
    ['--help'],
    ['fence --help'],
    ['abort --help'],
    ['observe --help'],
    ['status --help'],
    ['setup --help'],
    ['worker --help'],
    ['webhook --help'],
    ['config check --help'],
  ])('%s: shows examples and exits 0', async (args) => {
    const ran = await commandLine().run(...args.split(' '));

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(/Examples:\n {2}sitewarden /);
  });

  it('--version: prints the version of the package', async () => {
    const ran = await commandLine().run('--version');

    expect(ran).toMatchObject({ exitCode: 0, stdout: '0.1.0\n' });
  });

  it.each([
    ['an unknown command', 'fnce keycloak-prod', 'Did you mean fence?'],
    ['no command at all', '', 'Usage: sitewarden'],
    ['a missing pair', 'observe', "missing required argument 'pair'"],
    ['an unknown option', 'status --watch', "unknown option '--watch'"],
    ['a wait that is no number', 'fence keycloak-prod --site site-b --wait soon', 'Write whole seconds'],
    ['an unknown pair', 'observe keycloak-test', 'It has: keycloak-prod.'],
    ['an unknown pair of a status', 'status keycloak-test', 'It has: keycloak-prod.'],
    ['an unknown site', 'fence keycloak-prod --site site-c --dry-run', 'Use --site site-a or --site site-b.'],
    ['no site', 'fence keycloak-prod --dry-run', 'Use --site site-a or --site site-b.'],
    ['no reason for a fence', 'fence keycloak-prod --site site-b', 'Add --reason "...".'],
    ['no reason for an abort', 'abort keycloak-prod', 'Add --reason "...".'],
  ])('exits 2 and says what to write: %s', async (_, args, said) => {
    const ran = await commandLine().run(...args.split(' ').filter((word) => word !== ''));

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(said);
  });

  it('--json: failures are one JSON value on standard output', async () => {
    const mistyped = await commandLine().run('fnce', '--json');
    const unknown = await commandLine().run('status', 'keycloak-test', '--json');

    expect(mistyped.json()).toEqual({ error: { message: expect.stringContaining('unknown command'), exitCode: 2 } });
    expect(unknown.json()).toEqual({
      error: {
        message: 'The configuration has no pair "keycloak-test".',
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
