import type { ExplainedAlert } from '../../../domain/explain';
import { now } from '../../support/observations';
import { heardAlert } from '../../support/run-states';
import { aResult, aStatus, closed, commandLine, FakeRuns, incident, open } from './fake-runs';

const actedOn: ExplainedAlert = { ...heardAlert('site-a'), answer: 'Acted on: site-a was heard first.' };
const joined: ExplainedAlert = { ...heardAlert('site-b'), answer: 'Joined: site-b is the stale site.' };
const refused = { code: 'OppositeSiteFenced', message: 'site-b is the site to fence.' } as const;
const request = { id: '1', goal: 'fence', site: 'site-a', by: 'bob', reason: 'wrong one', at: now, refused } as const;
const decision = { kind: 'hold', by: 'carol', how: 'cli', reason: 'wait', at: now, epoch: 0 } as const;
const timeline = [{ at: now, what: 'site-b read absent from eu-west-1' }];
const heard = { alerts: [actedOn, joined], requests: [request], decisions: [decision], timeline };

function telling(status: FakeRuns['statuses'][number]): FakeRuns {
  const runs = new FakeRuns();
  runs.statuses = [status];
  return runs;
}

const weighed = () => ({
  testimonies: [{ by: 'observer third', votes: 2, heard: true, says: 'reaches site-a only', at: now - 4_000 }],
  conclusion: 'partition, because nobody sees anybody',
});

const explain = (status: FakeRuns['statuses'][number], ...options: string[]) =>
  commandLine({ runs: telling(status) }).run('explain', 'keycloak-prod', ...options);

function expectWhatWasHeard(stdout: string): void {
  expect(stdout).toMatch(/^alert +"site-b is offline" from site-a.*\n +Acted on: site-a was heard first\.$/m);
  expect(stdout).toMatch(/^alert +"site-a is offline" from site-b.*\n +Joined: site-b is the stale site\.$/m);
  expect(stdout).toMatch(/^request .*by bob: wrong one \[refused: OppositeSiteFenced: /m);
  expect(stdout).toMatch(/^decision .* hold by carol \(cli, unattributed\): wait$/m);
  expect(stdout).toMatch(/^timeline +03:12:01 UTC {2}site-b read absent/m);
}

describe('command line: explain', () => {
  it.each([
    ['an open run', open(aStatus({ weighed: weighed() }))],
    ['the last run', { ...closed('aborted'), result: aResult({ status: aStatus({ weighed: weighed() }) }) }],
  ])(
    'of a pair with observers, %s: each piece of evidence with its weight and age, and why the verdict follows',
    async (_, status) => {
      const ran = await explain(status);

      expect(ran.stdout).toMatch(/^evidence +observer third \(2 votes, 4\.0 s old\): reaches site-a only$/m);
      expect(ran.stdout).toMatch(/^it follows +partition, because nobody sees anybody$/m);
    },
  );

  it('of an open run: verdict, roles, every alert with its answer, requests, decisions, findings, what can be done', async () => {
    const findings = ['site-a reports no backup of "work"'];
    const next = { kind: 'wait', for: 'the link to heal', pace: 'slow' } as const;

    const ran = await explain(open(aStatus({ ...heard, findings, next })));

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^reads as +healthy: /m);
    expect(ran.stdout).toMatch(/^roles +site-a is kept, site-b is stale: alice asked to fence site-b$/m);
    expectWhatWasHeard(ran.stdout);
    expect(ran.stdout).toMatch(/^finding +site-a reports no backup of "work"$/m);
    expect(ran.stdout).toMatch(/^waiting for +the link to heal$/m);
    expect(ran.stdout).toMatch(/^you can +sitewarden hold keycloak-prod --reason "..." /m);
  });

  it('of the last closed run: how it ended, its report, and all that it heard', async () => {
    const result = aResult({ ...heard, outcome: 'refused', refusal: refused, report: 'Nothing was touched.' });

    const ran = await explain({ ...closed('refused'), result } as FakeRuns['statuses'][number]);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('keycloak-prod has no open run: nobody guards');
    expect(ran.stdout).toMatch(new RegExp(`^incident +${incident}, ended 1 min ago$`, 'm'));
    expect(ran.stdout).toMatch(/^outcome +refused: OppositeSiteFenced: site-b is the site to fence\.$/m);
    expect(ran.stdout).toMatch(/^report +Nothing was touched\.$/m);
    expectWhatWasHeard(ran.stdout);
  });

  it.each([
    ['none', { run: 'none' } as const, 'keycloak-prod has no run'],
    ['one that was terminated', closed('terminated'), 'the last one ended 1 min ago (terminated)'],
  ])('of no run (%s): says so, and where to look', async (_, status, said) => {
    const ran = await explain(status);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain(said);
    expect(ran.stdout).toContain('no run has left an explanation');
    expect(ran.stdout).toContain('sitewarden observe keycloak-prod');
  });

  it('without a worker: what was recorded, and that nobody works', async () => {
    const ran = await explain(open(undefined));

    expect(ran.stdout).toContain('No worker answers');
    expect(ran.stdout).not.toContain('no run has left');
  });

  it('--json: the whole of it', async () => {
    const ran = await explain(open(aStatus(heard)), '--json');

    expect(ran.json()).toMatchObject({ pair: 'keycloak-prod', run: 'open', status: { alerts: [actedOn, joined] } });
  });
});

describe('command line: status of a run that needs a person', () => {
  const page = (part: Parameters<typeof aStatus>[0]) =>
    commandLine({ runs: telling(open(aStatus(part))) }).run('status', 'keycloak-prod');

  it('blocked: why, what is true now, since when, and the exact lines that help', async () => {
    const command = { kind: 'takeBackupOffline', onSite: 'site-b', backupSite: 'site-a' } as const;
    const can = ['retry', 'confirm', 'abort'] as const;
    const since = now - 240_000;
    const next = { kind: 'blocked', command, type: 'InfinispanDenied', message: 'no ADMIN', can, since } as const;

    const truth = 'site-a is in traffic; site-b is in traffic.';
    const { stdout } = await page({ next, truth });

    expect(stdout).toMatch(/^blocked +on site-b take the backup to site-a offline: InfinispanDenied: no ADMIN$/m);
    expect(stdout).toMatch(/^true now +site-a is in traffic; site-b is in traffic\.$/m);
    expect(stdout).toMatch(/^since +03:08:01 UTC \(4 min\)$/m);
    expect(stdout).toMatch(/^you can +sitewarden retry keycloak-prod --reason "\.\.\." +try it again$/m);
    expect(stdout).toMatch(/^ +sitewarden confirm keycloak-prod --reason "\.\.\." +vouch/m);
    expect(stdout).toMatch(/^ +sitewarden abort keycloak-prod --reason "\.\.\." +end the run/m);
  });

  it('blocked until a person cuts a site off: does not say that such a word is read', async () => {
    const command = { kind: 'fenceByDevice', device: 'by-hand', site: 'site-b', keepSite: 'site-a' } as const;
    const can = ['retry', 'confirm', 'abort'] as const;
    const { stdout } = await page({
      next: { kind: 'blocked', command, type: 'FenceManual', message: 'cut site-b off', can, since: now },
    });

    expect(stdout).toMatch(
      /sitewarden confirm keycloak-prod --reason "\.\.\." +vouch that it serves nobody: nobody reads/,
    );
    expect(stdout).not.toContain('it is believed when it is read');
  });

  it('blocked where only an abort helps: offers nothing else', async () => {
    const command = { kind: 'takeBackupOffline', onSite: 'site-b', backupSite: 'site-a' } as const;
    const type = 'InfinispanDenied';
    const { stdout } = await page({
      next: { kind: 'blocked', command, type, message: 'x', can: ['abort'], since: now },
    });

    expect(stdout).not.toMatch(/sitewarden (retry|confirm)/);
    expect(stdout).toMatch(/sitewarden abort keycloak-prod/);
  });

  it('asks: the question, the plan, and the exact lines to answer', async () => {
    const answers = [
      'approve keycloak-prod --gate admitStaleSite --plan 7f3a9c41 --reason "..."',
      'reject keycloak-prod --gate admitStaleSite --reason "..."',
    ];
    const question = 'Is site-b to serve?';
    const next = { kind: 'ask', gate: 'admitStaleSite', question, plan: '7f3a9c41', answers } as const;

    const { stdout } = await page({ next });

    expect(stdout).toMatch(/^asks +admitStaleSite: Is site-b to serve\?$/m);
    expect(stdout).toMatch(/^plan +7f3a9c41$/m);
    expect(stdout).toMatch(
      /^you can +sitewarden approve keycloak-prod --gate admitStaleSite --plan 7f3a9c41 --reason/m,
    );
    expect(stdout).toMatch(/^ +sitewarden reject keycloak-prod --gate admitStaleSite --reason "\.\.\."$/m);
  });

  it('asks what this version takes no answer to: says to act by hand, or to abort', async () => {
    const { stdout } = await page({ next: { kind: 'ask', gate: 'siteOnline', question: 'Shall it?', answers: [] } });

    expect(stdout).toMatch(/^you can +act by hand \(docs\/runbooks\)\n +sitewarden abort keycloak-prod /m);
  });

  it('held, paused or in shadow: says so beside the phase, and how to end it', async () => {
    const held = await page({ held: { by: 'carol', reason: 'wait' } });
    const paused = await page({ goal: 'pause', phase: 'observing', pausedUntil: now + 60_000 });
    const over = await page({ goal: 'pause', phase: 'observing' });
    const shadow = await page({ mode: 'shadow' });

    expect(held.stdout).toMatch(/^phase +fencing, held by carol: wait$/m);
    expect(held.stdout).toMatch(/^you can +sitewarden release keycloak-prod +end the hold$/m);
    expect(paused.stdout).toMatch(/^phase +observing, paused until 03:13:01 UTC$/m);
    expect(paused.stdout).toMatch(/^you can +sitewarden release keycloak-prod +end the pause$/m);
    expect(over.stdout).not.toContain('sitewarden release');
    expect(shadow.stdout).toMatch(/^phase +fencing, shadow: it decides and records, and touches nothing$/m);
  });

  it('tells how many alerts were counted only', async () => {
    const { stdout } = await explain(open(aStatus({ ...heard, alertsNotKept: { count: 195, lastAt: now } })));

    expect(stdout).toMatch(/^alert +195 more, counted only, last 03:12:01 UTC$/m);
  });
});
