import type { Question } from '../../../domain/next';
import type { RunStatus } from '../../../workflows/contract/inputs';
import { now } from '../../support/observations';
import { FakeKeyboard } from './fake-keyboard';
import { anId, aStatus, commandLine, FakeRuns, open, incident } from './fake-runs';

const plan = '7f3a9c41';
const synchronize: Question = {
  kind: 'ask',
  gate: 'synchronize',
  question: 'Is site-b to be made equal to site-a?',
  plan,
  discards: 37,
  answers: [`approve keycloak-prod --gate synchronize --plan ${plan} --discard-at-most 37 --reason "..."`],
};
const cache = { keepEntries: 1_204, staleEntries: 1_100, onlyOnKeep: 141, onlyOnStale: 30, differing: 7 };
const comparison = {
  ...{ keepSite: 'site-a', staleSite: 'site-b', epoch: 0, startedAt: now - 2_000, endedAt: now - 1_000 },
  ...{ keepSiteStartedAt: 1, staleSiteStartedAt: 2, caches: { sessions: cache } },
};

const asking = (next: Question, part: Partial<RunStatus> = {}) =>
  open(aStatus({ phase: 'fenced', next, waitingFor: next.question, comparison, ...part }));

function runsAsking(next: Question): FakeRuns {
  const runs = new FakeRuns();
  runs.statuses = [asking(next)];
  return runs;
}

const scripted = ['approve', 'keycloak-prod', '--gate', 'synchronize', '--reason', 'the link is whole'];

describe('command line: approve in a script', () => {
  it('bounds what may be discarded by what the plan shows, and says so', async () => {
    const runs = runsAsking(synchronize);
    const decide = jest.spyOn(runs, 'decide');

    const ran = await commandLine({ runs }).run(...scripted, '--plan', plan, '--json');

    const decision = { kind: 'approve', gate: 'synchronize', plan, discardAtMost: 37, reason: 'the link is whole' };
    expect(decide).toHaveBeenCalledWith('keycloak-prod', expect.objectContaining(decision), anId);
    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ decision: 'approve', gate: 'synchronize', plan, discardAtMost: 37 });
    expect((await commandLine({ runs }).run(...scripted, '--plan', plan)).stdout).toContain(
      'Approved: synchronize. You allow at most 37 entries to be discarded. (incident',
    );
  });

  it('a refused approval allows nothing, and does not say that it does', async () => {
    const runs = runsAsking(synchronize);
    const refusal = { code: 'GateNotOpen', message: 'The open question is "synchronize".' } as const;
    runs.decide = () => Promise.resolve({ outcome: 'refused', incident, refusal });
    const wrongGate = ['approve', 'keycloak-prod', '--gate', 'siteOnline', '--plan', plan, '--reason', 'ok'];

    const ran = await commandLine({ runs }).run(...wrongGate, '--discard-at-most', '37');

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).not.toContain('You allow');
    expect(ran.stdout).toContain('Read what is asked, if anything: sitewarden status keycloak-prod');
  });

  it.each([
    ['0', 0],
    ['1204', 1_204],
  ])('--discard-at-most %s is the bound instead', async (given, discardAtMost) => {
    const runs = runsAsking(synchronize);
    const decide = jest.spyOn(runs, 'decide');

    await commandLine({ runs }).run(...scripted, '--plan', plan, '--discard-at-most', given);

    expect(decide.mock.calls[0]?.[1]).toMatchObject({ discardAtMost });
  });

  it('an older plan is sent without a bound that nobody read, and the answer of the run is shown', async () => {
    const runs = runsAsking(synchronize);
    const refusal = { code: 'PlanOutdated', message: `What is asked about now is ${plan}.` } as const;
    runs.decide = jest.fn(() => Promise.resolve({ outcome: 'refused' as const, incident: 'x', refusal }));

    const ran = await commandLine({ runs }).run(...scripted, '--plan', 'b21e0477');

    expect(runs.decide).toHaveBeenCalledWith('keycloak-prod', expect.not.objectContaining({ discardAtMost: 37 }), anId);
    expect(ran).toMatchObject({ exitCode: 3, stderr: '' });
    expect(ran.stdout).toContain(`Refused: PlanOutdated: What is asked about now is ${plan}.`);
  });

  it('without a plan it sends nothing, and says how to read it', async () => {
    const runs = runsAsking(synchronize);
    const decide = jest.spyOn(runs, 'decide');

    const ran = await commandLine({ runs }).run(...scripted);

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain('Which plan? An approval names the plan that was read.');
    expect(ran.stderr).toContain(`Read it: sitewarden status keycloak-prod. Then add --plan ${plan}`);
    expect(decide).not.toHaveBeenCalled();
  });

  it('--wait: ends when what was approved is proved', async () => {
    const runs = new FakeRuns();
    const done = open(aStatus({ phase: 'synchronized' }));
    runs.statuses = [asking(synchronize), asking(synchronize), asking(synchronize), done];

    const ran = await commandLine({ runs }).run(...scripted, '--plan', plan, '--wait', '5');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('Synchronized: site-b holds what site-a holds');
  });

  it('--wait: exits 4 when it is not proved in time', async () => {
    const ran = await commandLine({ runs: runsAsking(synchronize) }).run(...scripted, '--plan', plan, '--wait', '1');

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain('Not proved within 1 s.');
  });

  it('--discard-at-most that is no number: exits 2', async () => {
    const ran = await commandLine().run(...scripted, '--plan', plan, '--discard-at-most', 'all');

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('Write a whole number of entries, as in 37.');
  });
});

describe('command line: approve at a terminal', () => {
  const typing = (keyboard: FakeKeyboard, runs: FakeRuns) =>
    commandLine({ runs }, { tty: true, surroundings: { keyboard, env: { NO_COLOR: '1' } } });

  it('shows the plan, and takes the typed name of the site and a reason', async () => {
    const runs = runsAsking(synchronize);
    const decide = jest.spyOn(runs, 'decide');
    const keyboard = new FakeKeyboard(['site-b', 'the link is whole']);

    const ran = await typing(keyboard, runs).run('approve', 'keycloak-prod');

    const decision = { gate: 'synchronize', plan, discardAtMost: 37, reason: 'the link is whole' };
    expect(decide).toHaveBeenCalledWith('keycloak-prod', expect.objectContaining(decision), anId);
    expect(keyboard.asked).toEqual(['Type site-b to approve, nothing to leave it: ', 'Why? ']);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/^asks +synchronize: Is site-b to be made equal to site-a\?$/m);
    expect(ran.stdout).toMatch(/sessions +1,204 +1,100 +141 +30 +7 +not equal$/m);
    expect(ran.stdout.indexOf('not equal')).toBeLessThan(ran.stdout.indexOf('Approved: synchronize.'));
  });

  it.each([
    ['another name', ['site-a']],
    ['nothing', ['']],
    ['Ctrl-D', [undefined]],
    ['the name, but no reason', ['site-b', '  ']],
  ])('%s: sends nothing', async (_, lines) => {
    const runs = runsAsking(synchronize);
    const decide = jest.spyOn(runs, 'decide');

    const ran = await typing(new FakeKeyboard(lines), runs).run('approve', 'keycloak-prod');

    expect(ran.exitCode).toBe(2);
    expect(ran.stdout).toContain('Nothing was sent.');
    expect(decide).not.toHaveBeenCalled();
  });

  it('where a site is to be chosen, the typed name is the choice', async () => {
    const choices = ['site-a', 'site-b'];
    const runs = runsAsking({ kind: 'ask', gate: 'keepSite', question: 'Which?', choices, answers: ['x'] });
    const decide = jest.spyOn(runs, 'decide');

    await typing(new FakeKeyboard(['site-a']), runs).run('approve', 'keycloak-prod', '--reason', 'site-b has no power');

    const decision = { gate: 'keepSite', site: 'site-a', reason: 'site-b has no power' };
    expect(decide).toHaveBeenCalledWith('keycloak-prod', expect.objectContaining(decision), anId);
  });

  it('with nothing asked, or another gate, it says so and sends nothing', async () => {
    const idle = new FakeRuns();
    idle.statuses = [open(aStatus())];

    const nothing = await typing(new FakeKeyboard(), idle).run('approve', 'keycloak-prod');
    const other = await typing(new FakeKeyboard(), runsAsking(synchronize)).run(
      'approve',
      'keycloak-prod',
      '--gate',
      'siteOnline',
    );
    const silent = await typing(new FakeKeyboard(), new FakeRuns()).run('approve', 'keycloak-prod');

    expect([nothing.exitCode, other.exitCode, silent.exitCode]).toEqual([3, 3, 3]);
    expect(nothing.stderr).toContain('keycloak-prod asks nothing now.');
    expect(other.stderr).toContain('keycloak-prod asks at the gate synchronize now.');
    expect(silent.stderr).toContain('No run of keycloak-prod answers, so its plan cannot be shown.');
  });

  it('with a plan named nothing is asked back: who names it has read it', async () => {
    const keyboard = new FakeKeyboard();

    const ran = await typing(keyboard, runsAsking(synchronize)).run(...scripted, '--plan', plan);

    expect(ran.exitCode).toBe(0);
    expect(keyboard.asked).toEqual([]);
  });

  it('reject: takes gate and plan of what is asked, and asks why', async () => {
    const runs = runsAsking(synchronize);
    const decide = jest.spyOn(runs, 'decide');

    const ran = await typing(new FakeKeyboard(['not today']), runs).run('reject', 'keycloak-prod');

    const decision = { kind: 'reject', gate: 'synchronize', plan, reason: 'not today' };
    expect(decide).toHaveBeenCalledWith('keycloak-prod', expect.objectContaining(decision), anId);
    expect(ran.stdout).toContain('Rejected: synchronize.');
  });
});
