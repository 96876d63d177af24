import { fine, now, observed } from '../../support/observations';
import { heardAlert } from '../../support/run-states';
import { aStatus, closed, commandLine, FakeRuns, incident, open } from './fake-runs';

const escape = '\u001b[2K\u001b[31m';
const c1 = '\u009b31m';

/** Site-b is out, and site-a does not replicate to it. */
const fencedSeen = observed({
  a: { ...fine, sees: false, backup: 'offline' },
  b: { ...fine, endpoint: undefined, sees: false },
});

function telling(...statuses: FakeRuns['statuses']): FakeRuns {
  const runs = new FakeRuns();
  runs.statuses = statuses;
  return runs;
}

describe('command line: status', () => {
  it('one line a pair: phase, sites, since when, what is waited for', async () => {
    const status = aStatus({
      phase: 'fenced',
      observation: fencedSeen,
      provedSince: now - 7_440_000,
      waitingFor: 'the link to heal',
    });

    const ran = await commandLine({ runs: telling(open(status)) }).run('status');

    expect(ran.stdout).toBe(
      [
        'PAIR           PHASE   SITE-A   SITE-B            SINCE     WAITING FOR',
        'keycloak-prod  fenced  serving  out, offline 2/2  2 h 04 m  the link to heal',
        '',
      ].join('\n'),
    );
  });

  it('no run: says what that means, and where to look', async () => {
    const table = await commandLine({ runs: telling({ run: 'none' }) }).run('status');
    const page = await commandLine({ runs: telling({ run: 'none' }) }).run('status', 'keycloak-prod');
    const ended = await commandLine({ runs: telling(closed('aborted')) }).run('status', 'keycloak-prod');

    expect(table.stdout).toMatch(/no run +- +- +- +healthy or never alerted; look: sitewarden observe keycloak-prod/);
    expect(page.stdout).toContain('keycloak-prod has no run: healthy or never alerted.');
    expect(ended.stdout).toContain('the last one ended 1 min ago (aborted). Nobody guards.');
  });

  it.each([
    ['in force', now + 60_000, 'paused'],
    ['over', undefined, 'fencing'],
  ])('a run that began with a pause, %s: says so in the table', async (_, pausedUntil, phase) => {
    const status = aStatus({ goal: 'pause', phase: 'fencing', pausedUntil });

    const ran = await commandLine({ runs: telling(open(status)) }).run('status');

    expect(ran.stdout).toContain(`keycloak-prod  ${phase} `);
  });

  it.each([
    ['in force', now + 60_000, 'paused'],
    ['over by now', now - 1, 'observing'],
  ])('no worker, a recorded pause that is %s: says so in the table', async (_, pausedUntil, phase) => {
    const memo = { incident, goal: 'pause', startedAt: now, phase: 'observing', pausedUntil, at: now } as const;

    const ran = await commandLine({ runs: telling(open(undefined, memo)) }).run('status');

    expect(ran.stdout).toContain(`keycloak-prod  ${phase} `);
  });

  it('no worker: tells what was recorded, and since when', async () => {
    const roles = { keepSite: 'site-a', staleSite: 'site-b' } as const;
    const memo = {
      incident,
      goal: 'protect',
      startedAt: now,
      phase: 'fenced',
      ...roles,
      next: 'wait',
      at: now - 60_000,
    } as const;

    const table = await commandLine({ runs: telling(open(undefined, memo)) }).run('status');
    const page = await commandLine({ runs: telling(open(undefined, memo)) }).run('status', 'keycloak-prod', '--json');

    expect(table).toMatchObject({ exitCode: 0 });
    expect(table.stdout).toMatch(/fenced +serving\? +out\? .*no worker answers; recorded 03:11:01 UTC: fenced/);
    expect(page.json()).toMatchObject({ pair: 'keycloak-prod', run: 'open', workerAnswers: false, memo });
  });

  it.each([
    ['a block', { waitingFor: 'InfinispanDenied: no ADMIN', blockedBy: 'InfinispanDenied' } as const, 'blocked', ''],
    ['a question', { waitingFor: 'Which site?', gate: 'keepSite' } as const, 'asks', 'keepSite: '],
  ])('no worker: %s that was recorded is told as one', async (_, waits, name, gate) => {
    const common = { incident, goal: 'protect', startedAt: now, phase: 'fencing', next: 'wait', at: now } as const;
    const memo = { ...common, ...waits };

    const table = await commandLine({ runs: telling(open(undefined, memo)) }).run('status');
    const page = await commandLine({ runs: telling(open(undefined, memo)) }).run('status', 'keycloak-prod');

    expect(table.stdout).toContain(`recorded 03:12:01 UTC: ${name}: ${waits.waitingFor}`);
    expect(page.stdout).toMatch(new RegExp(`^${name} +${gate}${waits.waitingFor}$`.replace('?', '\\?'), 'm'));
    expect(page.stdout).toMatch(/^goal +protect$/m);
  });

  it('with a pair: verdict, roles, proof, alerts, refusals, timeline', async () => {
    const refused = { code: 'OppositeSiteFenced', message: 'site-b is the site to fence.' } as const;
    const status = aStatus({
      phase: 'fenced',
      observation: fencedSeen,
      verdict: { kind: 'fenced', because: 'site-b is out of traffic' },
      provedSince: now,
      next: { kind: 'wait', for: 'the link to heal', pace: 'slow' },
      alerts: [{ ...heardAlert('site-a', { timesHeard: 3 }), answer: 'joined' }],
      requests: [{ id: '1', goal: 'fence', site: 'site-a', by: 'bob', reason: 'wrong one', at: now, refused }],
      timeline: [{ at: now, what: 'site-b read absent from eu-west-1' }],
    });

    const { stdout } = await commandLine({ runs: telling(open(status)) }).run('status', 'keycloak-prod');

    expect(stdout).toMatch(/^roles +site-a is kept, site-b is stale: alice asked to fence site-b$/m);
    expect(stdout).toMatch(/^proof +site-b is fenced, proved at 03:12:01 UTC; no read has spoken against it since$/m);
    expect(stdout).toMatch(/^waiting for +the link to heal$/m);
    expect(stdout).toMatch(/^alert +"site-b is offline" from site-a, firing, heard 3 times, first 03:12:00 UTC$/m);
    expect(stdout).toMatch(
      /^request .*by bob: wrong one \[refused: OppositeSiteFenced: site-b is the site to fence.\]$/m,
    );
    expect(stdout).toMatch(/^timeline +03:12:01 UTC {2}site-b read absent from eu-west-1$/m);
    expect(stdout).toMatch(/^traffic +site-a in, healthy, weight 128 · site-b out · accelerator DEPLOYED/m);
    expect(stdout).toMatch(/^verdict +fenced: site-b is out of traffic$/m);
  });

  it('texts from a run cannot draw on the terminal, or forge a line', async () => {
    const alert = heardAlert('site-a', { reporter: `site-a${escape}\nproof        site-b is fenced` });
    const status = aStatus({ alerts: [{ ...alert, answer: 'joined' }], waitingFor: `${c1}\u202ereversed` });
    const runs = () => telling(open(status));

    const page = await commandLine({ runs: runs() }).run('status', 'keycloak-prod');
    const table = await commandLine({ runs: runs() }).run('status');
    const data = await commandLine({ runs: runs() }).run('status', '--json');

    for (const { stdout } of [page, table, data]) {
      // eslint-disable-next-line no-control-regex -- these are what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
    expect(page.stdout.match(/^proof/gm)).toHaveLength(1);
  });

  it.each([
    ['a terminal', true, {}, [], true],
    ['no terminal', false, {}, [], false],
    ['a terminal, NO_COLOR', true, { NO_COLOR: '1' }, [], false],
    ['a terminal that is dumb', true, { TERM: 'dumb' }, [], false],
    ['no terminal, FORCE_COLOR', false, { FORCE_COLOR: '1' }, [], true],
    ['a terminal, FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, [], false],
    ['FORCE_COLOR and NO_COLOR', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    ['--json', true, { FORCE_COLOR: '1' }, ['--json'], false],
  ])('%s: colours are as one expects, in an answer as in a failure', async (_, tty, env, options, coloured) => {
    const cli = () => commandLine({ runs: telling(open(aStatus())) }, { tty, surroundings: { env } });

    const answered = await cli().run('status', ...options);
    const failed = await cli().run('status', 'nowhere', ...options);

    // eslint-disable-next-line no-control-regex -- the begin of every colour
    const colour = /\u001b\[/;
    expect(colour.test(answered.stdout + answered.stderr)).toBe(coloured);
    expect(colour.test(failed.stdout + failed.stderr)).toBe(coloured);
  });
});
