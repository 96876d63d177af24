import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const project = join(__dirname, '..', '..');

function lab(...args: string[]) {
  return spawnSync(process.execPath, ['scripts/run.mjs', 'lab', ...args], { cwd: project, encoding: 'utf8' });
}

describe('npm run lab', () => {
  it('says how it is used, and starts nothing', () => {
    const { status, stdout } = lab('--help');

    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('usage: npm run lab') as string });
    expect(stdout).toContain('--keycloak');
  });

  it('refuses what it does not know', () => {
    const { status, stderr } = lab('--keep');

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('takes no "--keep"') as string });
  });
});
