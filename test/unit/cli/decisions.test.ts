import { NoWorkerAnswers } from '../../../client/no-worker-answers';
import type { Next } from '../../../domain/next';
import { refusalCodes, type RefusalCode } from '../../../domain/refusals';
import { verdictOf } from '../../../domain/verdict';
import { fine, now, observed, pair } from '../../support/observations';
import { anId, aStatus, closed, commandLine, FakeRuns, incident, open } from './fake-runs';

const reason = ['--reason', 'as agreed'];
const attributed = { by: 'alice@laptop', how: 'cli', reason: 'as agreed' };

/** Site-b is out, and site-a does not replicate to it. */
const fencedSeen = observed({
  a: { ...fine, sees: false, backup: 'offline' },
  b: { ...fine, endpoint: undefined, sees: false },
});

const noSuchRun = () => Promise.reject(Object.assign(new Error('no such run'), { name: 'WorkflowNotFoundError' }));

describe('command line: decisions', () => {
  it.each([
    ['hold', [], { kind: 'hold' }, 'Held: no step brings a site back; protection goes on.'],
    ['release', [], { kind: 'release' }, 'Released'],
    ['retry', [], { kind: 'retry' }, 'tried again'],
    ['confirm', [], { kind: 'confirm' }, 'what is read decides'],
    [
      'approve',
      ['--gate', 'keepSite', '--site', 'site-a'],
      { gate: 'keepSite', site: 'site-a' },
      'Approved: keepSite.',
    ],
    ['approve', ['--gate', 'admitStaleSite', '--plan', '7f3a9c41'], { plan: '7f3a9c41' }, 'Approved: admitStaleSite.'],
    ['approve', ['--gate', 'siteOnline', '--plan', '7f3a9c41'], { gate: 'siteOnline' }, 'Approved: siteOnline.'],
    ['reject', ['--gate', 'admitStaleSite'], { kind: 'reject', gate: 'admitStaleSite' }, 'Rejected: admitStaleSite.'],
  ])('%s %j: sends what was decided, by whom and why', async (command, options, decision, said) => {
    const runs = new FakeRuns();
    const decide = jest.spyOn(runs, 'decide');

    const ran = await commandLine({ runs }).run(command, 'keycloak-prod', ...options, ...reason);

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(decide).toHaveBeenCalledTimes(1);
    const sent = expect.objectContaining({ ...attributed, ...decision }) as unknown;
    expect(decide).toHaveBeenCalledWith('keycloak-prod', sent, anId);
    expect(ran.stdout).toContain(said);
  });

  it.each(['release', 'retry'])('%s: may go without a reason', async (command) => {
    const runs = new FakeRuns();
    const decide = jest.spyOn(runs, 'decide');

    const ran = await commandLine({ runs }).run(command, 'keycloak-prod');

    expect(ran.exitCode).toBe(0);
    expect(decide.mock.calls[0]?.[1]).toEqual({ kind: command, by: 'alice@laptop', how: 'cli' });
  });

  it('refused by the run: exits 3 with code and sentence', async () => {
    const runs = new FakeRuns();
    const refusal = { code: 'NothingBlocked', message: 'Nothing is blocked.' } as const;
    runs.decide = () => Promise.resolve({ outcome: 'refused', incident, refusal });

    const ran = await commandLine({ runs }).run('retry', 'keycloak-prod');

    expect(ran).toMatchObject({ exitCode: 3, stderr: '' });
    expect(ran.stdout).toContain('Refused: NothingBlocked: Nothing is blocked.');
  });

  it.each([['abort'], ['hold'], ['release'], ['retry'], ['confirm'], ['reject', '--gate', 'keepSite']])(
    '%s without an open run: exits 3 with the code NoOpenRun',
    async (command, ...options) => {
      const runs = new FakeRuns();
      runs.decide = noSuchRun;

      const args = [command, 'keycloak-prod', ...options, ...reason];
      const ran = await commandLine({ runs }).run(...args);
      const asData = await commandLine({ runs }).run(...args, '--json');

      expect(ran).toMatchObject({ exitCode: 3, stderr: '' });
      expect(ran.stdout).toContain('Refused: NoOpenRun: keycloak-prod has no open run');
      expect(asData.json()).toMatchObject({ answer: { outcome: 'refused', refusal: { code: 'NoOpenRun' } } });
    },
  );

  it('no worker: exits 6, and does not say that the decision is recorded', async () => {
    const runs = new FakeRuns();
    runs.decide = () => Promise.reject(new NoWorkerAnswers(false));

    const ran = await commandLine({ runs }).run('hold', 'keycloak-prod', ...reason);

    expect(ran.exitCode).toBe(6);
    expect(ran.stderr).toContain('it is not known whether the decision (hold) is recorded');
  });
});

describe('command line: pause', () => {
  const pause = ['pause', 'keycloak-prod', '--for', '1h30m', ...reason];

  it('asks for the goal pause with its length, and says until when', async () => {
    const runs = new FakeRuns();
    const request = jest.spyOn(runs, 'request');

    const ran = await commandLine({ runs }).run(...pause);

    const wish = { id: anId, goal: 'pause', by: 'alice@laptop', reason: 'as agreed', forSeconds: 5_400 };
    expect(request).toHaveBeenCalledWith('keycloak-prod', wish);
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toContain('Paused for 1 h 30 m, until about 2026-11-22 04:42 UTC');
    expect(ran.stdout).toContain('End it: sitewarden release keycloak-prod');
  });

  it('refused with an open run: exits 3', async () => {
    const runs = new FakeRuns();
    const refusal = { code: 'GoalNotAvailable', message: 'A run is open.' } as const;
    runs.request = () => Promise.resolve({ outcome: 'refused', incident, refusal });

    const ran = await commandLine({ runs }).run(...pause);

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain(`Refused by incident ${incident}: GoalNotAvailable: A run is open.`);
  });

  it('no worker: says that alerts are not answered', async () => {
    const runs = new FakeRuns();
    runs.request = () => Promise.reject(new NoWorkerAnswers(true));

    const ran = await commandLine({ runs }).run(...pause);

    expect(ran.exitCode).toBe(6);
    expect(ran.stderr).toContain('The request is recorded, and nobody is working: alerts are not answered');
  });
});

describe('command line: the next step after a refusal', () => {
  const codes = Object.keys(refusalCodes) as RefusalCode[];

  it.each(codes)('%s: a decision is told what to do', async (code) => {
    const runs = new FakeRuns();
    runs.decide = () => Promise.resolve({ outcome: 'refused', incident, refusal: { code, message: 'No.' } });

    const { exitCode, stdout } = await commandLine({ runs }).run('release', 'keycloak-prod');

    const [, step = ''] = /^Refused: \w+: No\.\n(.+)$/m.exec(stdout) ?? [];
    expect(exitCode).toBe(3);
    expect(step).toMatch(/sitewarden \w+ keycloak-prod|sitewarden pairs|--reason|Send a new message/);
    expect(step).not.toMatch(/^after/);
  });

  it('a code of a newer worker: look at the status', async () => {
    const runs = new FakeRuns();
    const refusal = { code: 'constructor' as RefusalCode, message: 'No.' };
    runs.decide = () => Promise.resolve({ outcome: 'refused', incident, refusal });

    expect((await commandLine({ runs }).run('release', 'keycloak-prod')).stdout).toContain(
      'Refused: constructor: No.\nLook: sitewarden status keycloak-prod\n',
    );
  });
});

describe('command line: before and after a write', () => {
  const whole = observed();
  const fence = ['fence', 'keycloak-prod', '--site', 'site-b', ...reason];

  it('a fence without --wait: phase, sites and replication before the request and after its answer', async () => {
    const runs = new FakeRuns();
    const next: Next = { kind: 'wait', for: 'the proof', pace: 'fast' };
    runs.statuses = [{ run: 'none' }, open(aStatus({ phase: 'fencing', observation: fencedSeen, next }))];
    runs.observe = () => Promise.resolve({ observation: whole, verdict: verdictOf(pair, whole) });

    const { stdout } = await commandLine({ runs }).run(...fence);

    const before =
      'before  no run · site-a in · site-b in · site-a -> site-b online 2/2 · site-b -> site-a online 2/2 (read 0.0 s ago)';
    const after =
      'after   fencing · site-a in · site-b out · site-a -> site-b offline 2/2 · site-b -> site-a online 2/2 (read 0.0 s ago)';
    const by = 'by      alice@laptop, recorded as unattributed: no API is configured';
    expect(stdout.split('\n')).toEqual([
      before,
      by,
      expect.stringMatching(/^Started: /),
      'waiting for  the proof',
      after,
      '',
    ]);
  });

  it('--wait: after is when the fence is proved', async () => {
    const runs = new FakeRuns();
    runs.statuses = [
      open(aStatus({ observation: whole })),
      open(aStatus({ observation: whole })),
      open(aStatus({ phase: 'fenced', observation: fencedSeen, provedSince: now })),
    ];

    const ran = await commandLine({ runs }).run(...fence, '--wait', '5', '--json');

    expect(ran.json()).toMatchObject({
      before: { run: 'open', phase: 'fencing', traffic: { 'site-b': 'in' } },
      answer: { outcome: 'started', incident },
      after: {
        run: 'open',
        phase: 'fenced',
        traffic: { 'site-a': 'in', 'site-b': 'out' },
        replication: { 'site-a -> site-b': 'offline 2/2', 'site-b -> site-a': 'online 2/2' },
      },
      waited: { end: 'reached' },
    });
  });

  it('a hold, a release: the marks of the run before and after', async () => {
    const runs = new FakeRuns();
    const held = { by: 'alice', reason: 'wait' };
    runs.statuses = [open(aStatus({ phase: 'fenced' })), open(aStatus({ phase: 'fenced', held }))];

    const { stdout } = await commandLine({ runs }).run('hold', 'keycloak-prod', ...reason);

    expect(stdout).toMatch(/^before {2}fenced · site-a in/m);
    expect(stdout).toMatch(/^after {3}fenced, held · site-a in/m);
  });

  it('an abort: after the end the sites are looked at, as nobody guards them', async () => {
    const runs = new FakeRuns();
    runs.statuses = [open(aStatus()), closed('aborted')];
    runs.observe = () => Promise.resolve({ observation: fencedSeen, verdict: verdictOf(pair, fencedSeen) });

    const { stdout } = await commandLine({ runs }).run('abort', 'keycloak-prod', ...reason);

    expect(stdout).toMatch(/^before {2}fencing · /m);
    expect(stdout).toMatch(/^after {3}no open run \(the last one: aborted\) · site-a in · site-b out · /m);
  });

  it('what cannot be read stands in no way of the write', async () => {
    const runs = new FakeRuns();
    const request = jest.spyOn(runs, 'request');
    runs.status = () => Promise.reject(new Error('denied'));

    const ran = await commandLine({ runs }).run(...fence);

    expect(ran.exitCode).toBe(0);
    expect(request).toHaveBeenCalledTimes(1);
    expect(ran.stdout).toMatch(/^before {2}unknown: it could not be read\nby .*\nStarted: .*\nafter {3}unknown/);
  });
});
