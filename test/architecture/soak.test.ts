/** `npm run test:soak` is run seldom: that it names tests that exist is held here. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const project = join(__dirname, '..', '..');

function plan(...args: string[]) {
  const program = `import { soakPlan } from './scripts/soak.mjs'; console.log(JSON.stringify(soakPlan(${JSON.stringify(args)})));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: project, encoding: 'utf8' });
}

describe('the soak run', () => {
  it('repeats tests that exist', () => {
    const { status, stdout, stderr } = plan();

    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ times: 2, kinds: ['unit', 'workflow', 'e2e'] });
  });

  it('takes a number of times and a part of the tests', () => {
    const { chosen, times, kinds } = JSON.parse(plan('--times', '7', '--only', 'frozen').stdout);

    expect({ times, kinds }).toEqual({ times: 7, kinds: ['e2e'] });
    expect(chosen).toEqual([expect.objectContaining({ name: 'the worker is frozen' })]);
  });

  it('says what is wrong with an argument', () => {
    expect(plan('--times', 'often').stderr).toContain('--times wants a number from 1 on.');
    expect(plan('--only', 'no such test').stderr).toContain('matches none of the tests');
  });
});
