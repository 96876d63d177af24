/** What `npm run demo --` takes, known before anything is installed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const project = join(__dirname, '..', '..');

function demo(...args: string[]) {
  return spawnSync(process.execPath, [join('scripts', 'run.mjs'), 'demo', ...args], { cwd: project, encoding: 'utf8' });
}

describe('the demo', () => {
  it('tells what it takes, and starts nothing', () => {
    const { status, stdout, stderr } = demo('--help');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('usage: npm run demo');
    expect(stdout).toContain('--interactive');
    expect(stdout).toContain('--keycloak');
  });

  it('says what is wrong with an argument, and how it is used', () => {
    const { status, stdout, stderr } = demo('--interactiv');

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain("Unknown option '--interactiv'");
    expect(stderr).toContain('usage: npm run demo');
  });
});
