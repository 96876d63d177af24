import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandLine } from '../../support/command-line';
import { temporaryFolder } from '../../support/temporary-folder';
import { commandLine } from './fake-runs';

const pairs = ['keycloak-prod', 'keycloak-test', 'other'];

/** The words offered for the last of the given ones. */
async function offered(words: readonly string[], shell = 'bash'): Promise<readonly string[]> {
  const file = new CommandLine({ pairs }).configFile;
  const { stdout } = await commandLine({}, { surroundings: { env: { SITEWARDEN_CONFIG: file } } }).complete(
    shell,
    words,
  );
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion: what is offered', () => {
  it.each([
    ['commands', ['f'], ['fence']],
    ['commands of a command', ['config', ''], ['check']],
    ['commands after an option with a value', ['--config', 'x.yaml', 'obs'], ['observe', 'observer']],
    ['pairs', ['observe', 'keycloak-'], ['keycloak-prod', 'keycloak-test']],
    ['pairs that were not named yet', ['watch', 'keycloak-prod', ''], ['keycloak-test', 'other']],
    ['no second pair where one is enough', ['observe', 'keycloak-prod', ''], []],
    ['options', ['fence', 'keycloak-prod', '--si'], ['--site']],
    ['options of every command', ['pairs', '--js'], ['--json']],
    ['sites', ['fence', 'keycloak-prod', '--site', ''], ['site-a', 'site-b']],
    ['sites, as bash splits them', ['fence', 'keycloak-prod', '--site', '=', 'site-a'], ['site-a']],
    ['sites, before anything of them is typed', ['fence', 'keycloak-prod', '--site', '='], ['site-a', 'site-b']],
    ['gates', ['approve', 'keycloak-prod', '--gate', 'site'], ['siteOnline', 'siteOffline']],
    ['what can be cut', ['quorum', 'keycloak-prod', '--cut', ''], ['site-a', 'site-b', 'worker', 'accelerator']],
    ['shells', ['completion', 'z'], ['zsh']],
    ['nothing for a reason', ['fence', 'keycloak-prod', '--reason', ''], []],
    ['what may follow an option that needs no value', ['fence', '--wait', 'o'], ['other']],
    ['nothing for a word that fits nothing', ['fence', 'x-'], []],
  ])('%s: %j', async (_, words, wanted) => {
    expect(await offered(words)).toEqual(wanted);
  });

  it('a value behind an equals sign, as zsh and fish leave it', async () => {
    expect(await offered(['fence', 'keycloak-prod', '--site=site-b'], 'zsh')).toEqual(['--site=site-b']);
    expect(await offered(['approve', '--gate=keep'], 'fish')).toEqual(['--gate=keepSite']);
  });

  it('with a description for zsh and fish, each in its own form', async () => {
    const [zsh] = await offered(['obser'], 'zsh');
    const [fish] = await offered(['obser'], 'fish');

    expect(zsh).toBe('observe:look at both sites now; changes nothing');
    expect(fish).toBe('observe\tlook at both sites now; changes nothing');
  });

  it('a configuration that cannot be read: no names, no noise', async () => {
    const ran = await commandLine({}, { surroundings: { env: {} } }).complete('bash', [
      '--config',
      '/nonexistent.yaml',
      'observe',
      '',
    ]);

    expect(ran).toEqual(expect.objectContaining({ exitCode: 0, stdout: '', stderr: '' }));
  });
});

describe('completion: in a real bash', () => {
  const project = join(__dirname, '..', '..', '..');
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder();
    const program = `exec '${process.execPath}' --require '${project}/test/support/run-ts.cjs' '${project}/bin/sitewarden.ts' "$@"`;
    writeFileSync(join(folder, 'sitewarden'), `#!/bin/sh\n${program}\n`);
    chmodSync(join(folder, 'sitewarden'), 0o755);
  });

  const env = (): NodeJS.ProcessEnv => ({
    PATH: `${folder}:${process.env.PATH}`,
    SITEWARDEN_CONFIG: new CommandLine({ pairs }).configFile,
  });
  const bash = (script: string): string =>
    execFileSync('bash', ['--norc', '-ec', script], { env: env(), encoding: 'utf8' });

  /** What bash would offer for a line, as readline asks for it. */
  function completed(...words: readonly string[]): readonly string[] {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `eval "$(sitewarden completion bash)"
      COMP_WORDS=(sitewarden ${quoted}) COMP_CWORD=${words.length}
      _sitewarden sitewarden
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return bash(script).trimEnd().split('\n');
  }

  it('the script registers itself', () => {
    const registered = bash('eval "$(sitewarden completion bash)"; complete -p sitewarden');

    expect(registered).toBe('complete -o bashdefault -o default -F _sitewarden sitewarden\n');
  });

  it('completes commands, options, pairs and sites', () => {
    expect(completed('ex')).toEqual(['explain']);
    expect(completed('pause', 'keycloak-prod', '--f')).toEqual(['--for']);
    expect(completed('observe', 'keycloak-')).toEqual(['keycloak-prod', 'keycloak-test']);
    expect(completed('fence', 'keycloak-test', '--site', 'site-b')).toEqual(['site-b']);
  });

  it.each(['zsh', 'fish'])('the script for %s is what that shell can read, where it is installed', (shell) => {
    const script = bash(`sitewarden completion ${shell}`);
    const read = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });

    expect(script).toContain(`sitewarden completion ${shell} -- `);
    if (!read.error) expect(read.stderr).toBe('');
  });
});
