import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const project = join(__dirname, '..', '..');

function run(...args: string[]) {
  return spawnSync(process.execPath, ['scripts/run.mjs', ...args], { cwd: project, encoding: 'utf8' });
}

describe('npm run lab', () => {
  it('says how it is used, and starts nothing', () => {
    const { status, stdout } = run('lab', '--help');

    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('usage: npm run lab') as string });
    expect(stdout).toContain('--keycloak');
  });

  it('refuses what it does not know', () => {
    const { status, stderr } = run('lab', '--keep');

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('takes no "--keep"') as string });
  });
});

describe('npm run measure:users', () => {
  it('says how it is used, and starts nothing', () => {
    const { status, stdout } = run('users', '--help');

    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('npm run measure:users') as string,
    });
  });

  it('refuses what it does not know', () => {
    const { status, stderr } = run('users', 'quickly');

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('takes no "quickly"') as string });
  });
});
