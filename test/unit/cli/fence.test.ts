import { NoWorkerAnswers } from '../../../client/no-worker-answers';
import { rehearseFence } from '../../../domain/rehearse';
import { verdictOf } from '../../../domain/verdict';
import { fine, now, observed, pair, type Seen } from '../../support/observations';
import { anId, aResult, aStatus, closed, commandLine, FakeRuns, incident, open } from './fake-runs';

const asked = ['fence', 'keycloak-prod', '--site', 'site-b', '--reason', 'site-b loses writes'];
const waiting = [...asked, '--wait', '5'];

function looking(seen: Seen): FakeRuns {
  const runs = new FakeRuns();
  const observation = observed(seen);
  runs.observe = ({ fence }) =>
    Promise.resolve({
      observation,
      verdict: verdictOf(pair, observation),
      plan: fence && rehearseFence({ pair, observation, fence, now }),
    });
  return runs;
}

describe('command line: fence', () => {
  it('asks with who, why and an id of its own, and says that nothing is proved yet', async () => {
    const runs = new FakeRuns();
    const request = jest.spyOn(runs, 'request');

    const ran = await commandLine({ runs }).run(...asked);

    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const wish = { id, goal: 'fence', site: 'site-b', by: 'alice@laptop', reason: 'site-b loses writes' };
    expect(request).toHaveBeenCalledWith('keycloak-prod', wish);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain(`Started: incident ${incident} fences site-b.`);
    expect(ran.stdout).toContain('not proved yet');
  });

  it('refused: exits 3 with the sentence', async () => {
    const runs = new FakeRuns();
    const refusal = { code: 'OppositeSiteFenced', message: 'site-a is the site to fence.' } as const;
    runs.request = () => Promise.resolve({ outcome: 'refused', incident, refusal });

    const ran = await commandLine({ runs }).run(...waiting, '--json');

    expect(ran.exitCode).toBe(3);
    const answer = { outcome: 'refused', refusal };
    expect(ran.json()).toMatchObject({ pair: 'keycloak-prod', site: 'site-b', answer });
  });

  it('--wait: shows each entry of the timeline once, and exits 0 when the fence is proved', async () => {
    const runs = new FakeRuns();
    const first = { at: now, what: 'site-b read absent from eu-west-1' };
    const second = { at: now + 900, what: 'fenced: site-b is out, site-a serves alone' };
    runs.statuses = [
      open(aStatus()),
      open(aStatus({ timeline: [first] })),
      open(aStatus({ timeline: [first, second], phase: 'fenced', provedSince: now + 900 })),
    ];

    const ran = await commandLine({ runs }).run(...waiting);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout.match(/read absent/g)).toHaveLength(1);
    expect(ran.stdout).toContain('03:12:01 UTC  fenced: site-b is out');
    expect(ran.stdout).toContain('proved since 03:12:01 UTC');
  });

  it('--wait: does not take the proof of another site for its own', async () => {
    const runs = new FakeRuns();
    const roles = { keepSite: 'site-b', staleSite: 'site-a', because: 'a test' };
    runs.statuses = [open(aStatus({ phase: 'fenced', roles, provedSince: now }))];

    expect(await commandLine({ runs }).run(...waiting)).toMatchObject({ exitCode: 4 });
  });

  it.each(['pushing', 'synchronized', 'soaking'] as const)(
    '--wait: does not take the proof from before the way back (%s) for its own',
    async (phase) => {
      const runs = new FakeRuns();
      runs.statuses = [open(aStatus({ phase, provedSince: now }))];

      expect(await commandLine({ runs }).run(...waiting)).toMatchObject({ exitCode: 4 });
    },
  );

  it('--wait: exits 4 when the time is up, with what the run waits for', async () => {
    const runs = new FakeRuns();
    runs.statuses = [open(aStatus({ waitingFor: 'another try after TrafficThrottled' }))];

    const ran = await commandLine({ runs }).run(...waiting);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain('Not proved within 5 s. Last: another try after TrafficThrottled.');
  });

  it.each([
    ['refused', 3],
    ['nothingToDo', 4],
    ['terminated', 4],
  ])('--wait: a run that ends %s exits %d', async (outcome, exitCode) => {
    const runs = new FakeRuns();
    runs.statuses = [closed(outcome)];
    runs.result = () =>
      outcome === 'terminated'
        ? Promise.reject(Object.assign(new Error('terminated'), { name: 'WorkflowFailedError' }))
        : Promise.resolve(aResult({ report: 'Nothing was touched.' }));

    const ran = await commandLine({ runs }).run(...waiting);

    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stdout).toContain(`Not fenced; the run has ended (${outcome}).`);
  });

  it('--wait: exits 6 when the worker went away meanwhile', async () => {
    const runs = new FakeRuns();
    runs.statuses = [open(aStatus()), open(undefined)];

    const ran = await commandLine({ runs }).run(...waiting);

    expect(ran.exitCode).toBe(6);
    expect(ran.stdout.match(/no worker answers; the run waits for one/g)).toHaveLength(1);
  });

  it.each([
    [true, 'The request is recorded, and nobody is working'],
    [false, 'it is not known whether the request is recorded'],
  ])('no worker (recorded: %s): exits 6 and says so', async (recorded, said) => {
    const runs = new FakeRuns();
    runs.request = () => Promise.reject(new NoWorkerAnswers(recorded));

    const ran = await commandLine({ runs }).run(...waiting);

    expect(ran.exitCode).toBe(6);
    expect(ran.stderr).toContain(said);
    expect(ran.stderr).toContain('docs/runbooks');
  });

  it('--dry-run: prints the plan as it would be carried out', async () => {
    const runs = looking({ a: { ...fine, sees: false }, b: { ...fine, sees: false } });

    const ran = await commandLine({ runs }).run('fence', 'keycloak-prod', '--site', 'site-b', '--dry-run');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toBe(
      [
        'Now: partition: both sites answer us, neither sees the other.',
        'Would fence site-b, keep site-a:',
        "  1. remove site-b's endpoint from endpoint group 1 (eu-west-1); 1 endpoint stays: site-a, healthy",
        '  2. on site-a take the backup to site-b offline: sessions, work',
        '  then guard it until the run is ended.',
        'Nothing was changed. To do it: sitewarden fence keycloak-prod --site site-b --reason "..."',
        '',
      ].join('\n'),
    );
  });

  it('--dry-run: exits 3 when the fence would be refused', async () => {
    const runs = looking({ a: { ...fine, endpoint: undefined } });

    const ran = await commandLine({ runs }).run('fence', 'keycloak-prod', '--site', 'site-b', '--dry-run', '--json');

    expect(ran.exitCode).toBe(3);
    expect(ran.json()).toMatchObject({ dryRun: true, plan: { refusal: { code: 'LastEndpoint' } } });
  });
});

describe('command line: abort', () => {
  const abort = ['abort', 'keycloak-prod', '--reason', 'we finish by hand'];

  it('waits for the end by itself, and prints the report', async () => {
    const runs = new FakeRuns();
    const decide = jest.spyOn(runs, 'decide');
    runs.statuses = [open(aStatus({ waitingFor: 'the link to heal' })), closed('aborted')];

    const ran = await commandLine({ runs }).run(...abort);

    const decision = { kind: 'abort', by: 'alice@laptop', how: 'cli', reason: 'we finish by hand' };
    expect(decide).toHaveBeenCalledWith('keycloak-prod', decision, anId);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('The run has ended (aborted). Nobody guards this pair any more.');
    expect(ran.stdout).not.toContain('the link to heal');
  });

  it.each([
    ['in force', now + 60_000, /^before +fencing, paused · /m],
    ['over', undefined, /^before +fencing · /m],
  ])('a run that began with a pause, %s: says so beside the write', async (_, pausedUntil, said) => {
    const runs = new FakeRuns();
    runs.statuses = [open(aStatus({ goal: 'pause', pausedUntil }))];

    const ran = await commandLine({ runs }).run(...abort, '--no-wait');

    expect(ran.stdout).toMatch(said);
  });

  it.each([
    ['--no-wait', 0, 'makes safe what was begun'],
    ['--wait=3', 4, 'Not ended within 3 s.'],
    ['--wait 3 --no-wait', 0, 'makes safe what was begun'],
    ['--no-wait --wait 3', 4, 'Not ended within 3 s.'],
  ])('%s: exits %d', async (wait, exitCode, said) => {
    const runs = new FakeRuns();
    runs.statuses = [open(aStatus())];

    const ran = await commandLine({ runs }).run(...abort, ...wait.split(' '));

    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stdout).toContain(said);
  });
});
