import type { PairReadiness } from '../../../client/pair-runs';
import { checkNames, type Check, type ReadinessReport } from '../../../domain/readiness/report';
import { now } from '../../support/observations';
import { commandLine, FakeRuns } from './fake-runs';

const finding = { what: 'site-b, work: the backup is ASYNC', consequence: 'writes are lost', fix: 'set it to SYNC' };

function aReport(change: Partial<Record<Check['name'], Partial<Check>>> = {}, at = now): ReadinessReport {
  const checks = checkNames.map((name): Check => ({ name, findings: [], ...change[name] }));
  const isReady = checks.every(({ findings }) => findings.length === 0);
  return { pair: 'keycloak-prod', at, verdict: isReady ? 'ready' : 'notReady', checks };
}

const notReady = aReport({
  caches: { findings: [finding] },
  observers: { notLookedAt: 'the pair has no observers' },
  lock: { notLookedAt: 'the pair has no outer lock' },
});

/** What is read of the pair's readiness, one after the other, the last one for ever. */
function known(...seen: PairReadiness[]): FakeRuns {
  const runs = new FakeRuns();
  runs.beginReadiness = () => Promise.resolve({ assessment: 'run-2' });
  runs.readiness = () => Promise.resolve(seen.length > 1 ? seen.shift()! : seen[0]!);
  return runs;
}

const assessed = (report: ReadinessReport): PairReadiness => ({ report, assessment: 'run-2' });
const goesOn = (isTaken: boolean): PairReadiness => ({
  ...{ report: aReport(), assessment: 'run-1' },
  running: { assessment: 'run-2', startedAt: new Date(now), isTaken },
});

describe('command line: readiness', () => {
  it('waits for the report of the assessment that it began, and ends with 0 where nothing is found', async () => {
    const runs = known(goesOn(false), goesOn(true), assessed(aReport()));
    const { exitCode, stdout } = await commandLine({ runs }).run('readiness', 'keycloak-prod');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^credentials +ready$/m);
    expect(stdout).toMatch(/^verdict +ready; looked through at 03:12:01 UTC, [\d.]+ s ago$/m);
  });

  it('tells check by check what was found, what comes of it and what to do, and ends with 3', async () => {
    const { exitCode, stdout } = await commandLine({ runs: known(assessed(notReady)) }).run(
      'readiness',
      'keycloak-prod',
    );

    expect(exitCode).toBe(3);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'credentials  ready',
      'endpoints    ready',
      'backups      ready',
      'caches       1 finding',
      'finding      site-b, work: the backup is ASYNC',
      '  means      writes are lost',
      '  fix        set it to SYNC',
      'application  ready',
      'observers    not looked at: the pair has no observers',
      'devices      ready',
      'lock         not looked at: the pair has no outer lock',
      'alertPath    ready',
      'clocks       ready',
      'retention    ready',
      'placement    ready',
      'otherFencers ready',
      'verdict      not ready: 1 finding; looked through at 03:12:01 UTC, 0.0 s ago',
    ]);
  });

  it('of an older worker, which looked at less, is told as it is', async () => {
    const newer = aReport();
    const report = { ...newer, checks: newer.checks.filter(({ name }) => name !== 'lock') };

    const { exitCode, stdout } = await commandLine({ runs: known(assessed(report)) }).run('readiness', 'keycloak-prod');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^devices +ready$/m);
    expect(stdout).not.toMatch(/^lock/m);
  });

  it('for a program is the report itself', async () => {
    const { stdout } = await commandLine({ runs: known(assessed(notReady)) }).run(
      'readiness',
      'keycloak-prod',
      '--json',
    );

    expect(JSON.parse(stdout)).toEqual(notReady);
  });

  it('without a worker ends with 6 after 10 s, and says that the last report can be read', async () => {
    const { exitCode, stderr } = await commandLine({ runs: known(goesOn(false)) }).run('readiness', 'keycloak-prod');

    expect(exitCode).toBe(6);
    expect(stderr).toContain('No worker answers, so keycloak-prod was not looked through.');
    expect(stderr).toContain('sitewarden readiness keycloak-prod --last');
  });

  it('a worker that took it and does not end within a minute is said so', async () => {
    const { exitCode, stderr } = await commandLine({ runs: known(goesOn(true)) }).run('readiness', 'keycloak-prod');

    expect(exitCode).toBe(6);
    expect(stderr).toContain('within a minute');
  });

  it('goes by the report of a look that the schedule began later and that ended sooner', async () => {
    const overtaken: PairReadiness = { report: notReady, assessment: 'run-3' };
    const { exitCode } = await commandLine({ runs: known(goesOn(true), goesOn(true), overtaken) }).run(
      'readiness',
      'keycloak-prod',
    );

    expect(exitCode).toBe(3);
  });

  it('one that was begun before and times out was taken by no worker in time: it ends with 6', async () => {
    const failed: PairReadiness = { failed: { assessment: 'run-2', at: new Date(now), how: 'timed out' } };
    const { exitCode, stderr } = await commandLine({ runs: known(goesOn(false), failed) }).run(
      'readiness',
      'keycloak-prod',
    );

    expect(exitCode).toBe(6);
    expect(stderr).toContain('No worker answers, so keycloak-prod was not looked through.');
  });

  it('its help names each exit code that it has', async () => {
    const { stdout } = await commandLine().run('readiness', '--help');

    expect(stdout).toMatch(/^ +3 refused.*\n +5 Temporal.*\n +6 no worker answers$/m);
  });

  it('a worker that could not look ends it with 2: its configuration lacks the pair', async () => {
    const failed: PairReadiness = { failed: { assessment: 'run-2', at: new Date(now), how: 'failed' } };
    const { exitCode, stderr } = await commandLine({ runs: known(goesOn(true), failed) }).run(
      'readiness',
      'keycloak-prod',
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain('A worker could not look keycloak-prod through: it ended failed.');
  });
});

describe('command line: readiness --last', () => {
  const hour = 3_600_000;
  const last = (seen: PairReadiness, ...more: string[]) =>
    commandLine({ runs: known(seen) }).run('readiness', 'keycloak-prod', '--last', ...more);
  const scheduled = { isPaused: false, next: new Date(now + 600_000) };

  it('shows the last report with its age, and when the schedule looks again', async () => {
    const { exitCode, stdout } = await last({ report: aReport({}, now - 720_000), schedule: scheduled });

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^verdict +ready; looked through at 03:00:01 UTC, 12 min ago$/m);
    expect(stdout).toMatch(/^schedule +looks again at 03:22:01 UTC$/m);
  });

  it('a report that is overdue is none to go by, whatever it says: it ends with 3', async () => {
    const { exitCode, stdout } = await last({ report: aReport({}, now - 2 * hour), schedule: scheduled });

    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^overdue +there should be one every 30 min: what is true now is not known$/m);
  });

  it('one that is not ready ends with 3; for a program its age stands beside it', async () => {
    const report = { ...notReady, at: now - 60_000 };
    const { exitCode, stdout } = await last({ report, schedule: scheduled }, '--json');

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ ...report, ageSeconds: 60, isOverdue: false });
  });

  it.each<[string, PairReadiness['schedule'], string]>([
    ['that is paused is said so', { isPaused: true }, 'schedule     is paused'],
    ['that is missing is said so', undefined, 'schedule     there is none: no worker has made it'],
    ['whose next time is not known is there', { isPaused: false }, 'schedule     is there'],
  ])('a schedule %s', async (_, schedule, says) => {
    const { stdout } = await last({ report: aReport(), ...(schedule && { schedule }) });

    expect(stdout.trimEnd().split('\n')).toContain(says);
  });

  it('a newer look that made no report is told beside the one that did', async () => {
    const failed = { assessment: 'run-3', at: new Date(now), how: 'timed out' };
    const { stdout } = await last({ report: aReport(), schedule: scheduled, failed });

    expect(stdout).toContain('the last look ended timed out at 03:12:01 UTC');
  });

  it.each<[string, PairReadiness, string]>([
    ['nobody looked yet', { schedule: scheduled }, 'nobody has looked it through yet'],
    ['no worker ever ran', {}, 'no worker has made its schedule yet'],
    ['one is being made', { running: goesOn(true).running }, 'one is being made'],
    [
      'the only one failed',
      { failed: { assessment: 'run-1', at: new Date(now), how: 'timed out' } },
      'the last one ended timed out at 03:12:01 UTC',
    ],
  ])('where there is none it ends with 3: %s', async (_, seen, why) => {
    const { exitCode, stderr } = await last(seen);

    expect(exitCode).toBe(3);
    expect(stderr).toContain(`There is no report on the readiness of keycloak-prod: ${why}.`);
  });
});
