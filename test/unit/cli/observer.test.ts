import { CommandLine } from '../../support/command-line';

describe('command line: observer', () => {
  const cli = (surroundings = {}) =>
    new CommandLine({ pairs: ['keycloak-prod', 'keycloak-test'], observers: ['third', 'fourth'], surroundings });

  it('runs the one that is named, until it is asked to stop', async () => {
    const run: string[] = [];
    const runObserver = async ({ name }: { name: string }) => void run.push(name);

    const ran = await cli({ runObserver }).run('observer', '--name', 'third');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run).toEqual(['third']);
  });

  it.each([
    ['no name', [], 'Use --name third or --name fourth.'],
    ['a mistyped name', ['--name', 'thrid'], 'No pair has an observer "thrid". Did you mean third?'],
  ])('%s: exits 2, and says what to write', async (_, args, said) => {
    const ran = await cli().run('observer', ...args);

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(said);
  });

  it('that cannot start says why, and where to look', async () => {
    const ran = await cli({ runObserver: () => Promise.reject(new Error('The port is taken.')) }).run(
      ...['observer', '--name', 'third'],
    );

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('The port is taken.');
    expect(ran.stderr).toContain('sitewarden config check');
  });

  it('completes the names of the configured observers', async () => {
    const line = cli();
    const { stdout } = await line.complete('bash', ['--config', line.configFile, 'observer', '--name', '']);

    expect(stdout).toBe('third\nfourth\n');
  });
});
