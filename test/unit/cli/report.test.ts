import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportArchive } from '../../../client/report/report-archive';
import type { ListedRun } from '../../../client/pair-runs';
import { OperatingFailure } from '../../../domain/failure-types';
import { archivedContent } from '../../../domain/report/report';
import type { RunResult, RunStatus } from '../../../workflows/contract/inputs';
import { now } from '../../support/observations';
import { temporaryFolder } from '../../support/temporary-folder';
import { wholeIncident } from '../report/runs';
import { aResult, aStatus, closed, commandLine, FakeRuns, incident, open } from './fake-runs';

const past: RunResult = aResult({ outcome: 'siteOnline', status: wholeIncident() as RunStatus });
const listed = (part: Partial<ListedRun> = {}): ListedRun => ({
  ...{ pair: 'keycloak-prod', runId: 'run-0', outcome: 'siteOnline' },
  ...{ startedAt: new Date(now - 9_000_000), closedAt: new Date(now - 8_000_000), incident: 'older' },
  ...part,
});

function telling(...statuses: FakeRuns['statuses']): FakeRuns {
  const runs = new FakeRuns();
  runs.statuses = statuses;
  return runs;
}

/** A command line whose archive is what a test says; how often it was closed is told. */
function withArchive(archive: Partial<ReportArchive>, runs = telling({ run: 'none' })) {
  let opened = 0;
  const openArchive = () => {
    opened += 1;
    const none = { read: async () => undefined, verify: async () => ({ links: [], faults: [] }) };
    return { ...none, close: () => void (opened -= 1), ...archive };
  };
  return { cli: commandLine({ runs }, { surroundings: { openArchive } }), stillOpen: () => opened };
}

const link = (sequence: number, part: object = {}) => ({
  ...{ sequence, incident: `incident-${sequence}`, hash: `${sequence}`.repeat(64) },
  ...{ location: `s3://reports/${sequence}`, ...part },
});

describe('command line: report', () => {
  it('of an open run: so far, by the run itself, as Markdown', async () => {
    const ran = await commandLine({ runs: telling(open(aStatus())) }).run('report', 'keycloak-prod');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^# keycloak-prod: report so far\n\n/);
    expect(ran.stdout).toContain('site-b of keycloak-prod was to be fenced and site-a kept; the fence was not proved.');
    expect(ran.stdout).toContain(`Incident ${incident}`);
  });

  it('of an open run: --json is the report, and nothing else', async () => {
    const ran = await commandLine({ runs: telling(open(aStatus())) }).run('report', 'keycloak-prod', '--json');

    expect(ran.json()).toMatchObject({ reportVersion: 1, soFar: true, pair: 'keycloak-prod', incident });
  });

  it('of the last run: by what it left in Temporal, as of its end', async () => {
    const runs = () => telling({ ...closed('siteOnline'), result: past } as FakeRuns['statuses'][number]);

    const page = await commandLine({ runs: runs() }).run('report', 'keycloak-prod');
    const data = await commandLine({ runs: runs() }).run('report', 'keycloak-prod', '--json');

    expect(page.stdout).toContain('Both sites serve again since 04:20:50 UTC');
    expect(data.json()).toMatchObject({ soFar: false, outcome: 'siteOnline', endedAt: wholeIncident().ended?.at });
  });

  it('of a run of version 0.1.0: with as much as it left', async () => {
    const result = aResult({ timeline: [{ at: now - 90_000, what: 'site-b read absent from eu-west-1' }] });
    const status = { ...closed('aborted'), result } as FakeRuns['statuses'][number];

    const ran = await commandLine({ runs: telling(status) }).run('report', 'keycloak-prod');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('A person ended it at 03:11:01 UTC');
    expect(ran.stdout).toContain('site-b read absent from eu-west-1');
  });

  it('of an earlier incident: by the result of its run', async () => {
    const runs = telling(open(aStatus()));
    const asked: unknown[] = [];
    runs.runs = async (query) => (asked.push(query), [listed({ incident: 'other', runId: 'x' }), listed()]);
    runs.result = async (...of) => (asked.push(of), { ...past, incident: 'older' });

    const ran = await commandLine({ runs }).run('report', 'keycloak-prod', 'older');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('Both sites serve again');
    expect(asked).toEqual([{ pair: 'keycloak-prod', open: false, limit: 200 }, ['keycloak-prod', 'run-0']]);
  });

  it.each(['WorkflowFailedError', 'WorkflowNotFoundError'])(
    'of an earlier incident whose run left nothing (%s): from the archive',
    async (name) => {
      const runs = telling({ run: 'none' });
      runs.runs = async () => [listed()];
      runs.result = async () => {
        throw Object.assign(new Error('gone'), { name });
      };
      const content = archivedContent(wholeIncident() as Parameters<typeof archivedContent>[0]);
      const { cli, stillOpen } = withArchive({ read: async () => ({ ...link(1), content }) }, runs);

      const ran = await cli.run('report', 'keycloak-prod', 'older');

      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toContain('Both sites serve again');
      expect(stillOpen()).toBe(0);
    },
  );

  it('of no run at all: the newest that is archived', async () => {
    const content = archivedContent(wholeIncident() as Parameters<typeof archivedContent>[0]);
    const asked: unknown[] = [];
    const read: ReportArchive['read'] = async (...of) => (asked.push(of), { ...link(7), content });

    const ran = await withArchive({ read }).cli.run('report', 'keycloak-prod', '--json');

    expect(ran.json()).toEqual(JSON.parse(content));
    expect(asked).toEqual([['keycloak-prod', undefined]]);
  });

  it.each([
    ['another version', '{"reportVersion":2}'],
    ['no JSON', 'x'],
  ])('that is archived as %s: is not shown as if it were known', async (_, content) => {
    const { cli } = withArchive({ read: async () => ({ ...link(1), content }) });

    const ran = await cli.run('report', 'keycloak-prod');

    expect(ran).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ran.stderr).toContain('not of a format that this version knows');
    expect(ran.stderr).toContain('s3://reports/1');
  });

  it.each([
    ['no worker answers', open(undefined), [], 6, 'no worker answers for it'],
    ['terminated', closed('terminated'), [], 3, 'ended from outside and left no report'],
    ['no run', { run: 'none' } as const, [], 3, 'has had no run'],
    ['no such incident', { run: 'none' } as const, ['nothing'], 3, 'has no incident nothing'],
  ])('%s: one sentence, the next step, its exit code', async (_, status, args, exitCode, said) => {
    const ran = await commandLine({ runs: telling(status) }).run('report', 'keycloak-prod', ...args);

    expect(ran).toMatchObject({ exitCode, stdout: '' });
    expect(ran.stderr).toContain(said);
    expect(ran.stderr).toContain('sitewarden ');
  });

  it('--output: into a file, Markdown or JSON', async () => {
    const folder = temporaryFolder();
    const [page, data] = [join(folder, 'report.md'), join(folder, 'report.json')];
    const cli = commandLine({ runs: telling(open(aStatus())) });

    const ran = await cli.run('report', 'keycloak-prod', '--output', page);
    const asData = await cli.run('report', 'keycloak-prod', '--output', data, '--json');

    expect(ran.stdout).toBe(`The report of ${incident} is in ${page}.\n`);
    expect(readFileSync(page, 'utf8')).toMatch(/^# keycloak-prod: report so far\n/);
    expect(asData.json()).toEqual({ pair: 'keycloak-prod', incident, written: data });
    expect(JSON.parse(readFileSync(data, 'utf8'))).toMatchObject({ reportVersion: 1 });
  });

  it('--output that cannot be written: says so', async () => {
    const ran = await commandLine({ runs: telling(open(aStatus())) }).run(
      ...['report', 'keycloak-prod', '--output', join(temporaryFolder(), 'no', 'such', 'folder')],
    );

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain('cannot be written (ENOENT)');
  });

  it('an archive that cannot be read: says why, and closes it', async () => {
    const { cli, stillOpen } = withArchive({
      read: () => Promise.reject(new Error('AccessDenied for s3://reports.')),
    });

    const ran = await cli.run('report', 'keycloak-prod');

    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toContain('The archive cannot be read: AccessDenied for s3://reports.');
    expect(stillOpen()).toBe(0);
  });

  it('an archived report that was changed: refused, and not shown', async () => {
    const broken = new OperatingFailure('ArchiveBroken', 's3://reports/1: it was changed.', { retryable: false });

    const ran = await withArchive({ read: () => Promise.reject(broken) }).cli.run('report', 'keycloak-prod');

    expect(ran).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ran.stderr).toContain('The archive is broken: s3://reports/1: it was changed.');
  });
});

describe('command line: report --verify', () => {
  const chain = { links: [link(1), link(2)], faults: [] };
  const receipt = { location: 's3://reports/2', sequence: 2, hash: '2'.repeat(64) };
  const lastRun = (archived: typeof receipt | undefined) =>
    telling({ ...closed('siteOnline'), result: { ...past, archived } } as FakeRuns['statuses'][number]);
  const verify = (runs: FakeRuns, verified: object = chain, ...args: string[]) =>
    withArchive({ verify: async () => verified as typeof chain }, runs).cli.run(
      ...['report', 'keycloak-prod', '--verify', ...args],
    );

  it('a whole chain whose end is what the last run was given: done', async () => {
    const ran = await verify(lastRun(receipt));

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toBe(
      '2 archived reports of keycloak-prod: the chain is whole.\n  1  incident-1\n  2  incident-2\n',
    );
  });

  it('what is broken, and where: refused', async () => {
    const faults = [{ location: 's3://reports/2', says: 'its content does not give its hash' }];

    const ran = await verify(lastRun(undefined), { ...chain, faults });
    const asData = await verify(lastRun(undefined), { ...chain, faults }, '--json');

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain('the chain is BROKEN.\n  s3://reports/2: its content does not give its hash');
    expect(asData.json()).toMatchObject({ whole: false, faults, comparedWithTemporal: false });
  });

  it.each([
    ['is cut off', { links: [link(1)], faults: [] }, 'the report is gone'],
    [
      'was written anew',
      { links: [link(1), link(2, { hash: 'f'.repeat(64) })], faults: [] },
      'its hash is another one',
    ],
  ])('a chain whose end %s: refused, though whole in itself', async (_, verified, said) => {
    const ran = await verify(lastRun(receipt), verified);

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain(`s3://reports/2: ${said}`);
  });

  it('an incident that is not in it: refused', async () => {
    const ran = await verify(lastRun(receipt), chain, 'incident-3');

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain('incident-3: no report of this incident is in the chain');
  });

  it('nothing archived: there is nothing to verify, which is no proof', async () => {
    const nothing = { links: [], faults: [] };

    const ran = await verify(telling({ run: 'none' }), nothing);
    const asData = await verify(telling({ run: 'none' }), nothing, '--json');

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toMatch(
      /^No report of keycloak-prod is archived: there is nothing to verify\.\n.*sitewarden\.yaml/,
    );
    expect(ran.stdout).not.toMatch(/whole|BROKEN/);
    expect(asData.json()).toMatchObject({ whole: false, links: [], faults: [] });
  });

  it('with --output: refused, since it writes no report', async () => {
    const ran = await verify(lastRun(receipt), chain, '--output', 'report.md');

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain('--verify writes no report, so --output has nothing to write.');
  });

  it('without Temporal: is done all the same, and says what was not compared', async () => {
    const runs = telling({ run: 'none' });
    runs.status = () => Promise.reject(new Error('no Temporal here'));

    const ran = await verify(runs, { links: [link(1)], faults: [] });

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('1 archived report of keycloak-prod: the chain is whole.');
    expect(ran.stdout).toContain('Temporal did not answer, so its end was not compared.');
  });

  it.each<[string, FakeRuns, string]>([
    ['a run is open', telling(open(aStatus())), 'A run is open, so its end was not compared.'],
    ['the last run archived nothing', lastRun(undefined), 'Temporal tells of no archived report'],
    ['Temporal knows no run', telling({ run: 'none' }), 'Temporal tells of no archived report'],
  ])('where nothing speaks for its end, as %s: says that it was not compared', async (_, runs, said) => {
    const ran = await verify(runs);
    const asData = await verify(runs, chain, '--json');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain(said);
    expect(asData.json()).toMatchObject({ whole: true, comparedWithTemporal: false });
  });
});
