import type { ListedRun, PairRuns } from '../../../client/pair-runs';
import { now } from '../../support/observations';
import { commandLine, FakeRuns, incident } from './fake-runs';

const openRun: ListedRun = {
  ...{ pair: 'keycloak-prod', runId: 'run-2', incident, outcome: 'open', phase: 'fenced' },
  startedAt: new Date(now - 7_440_000),
};
const pastRun: ListedRun = {
  ...{ pair: 'keycloak-prod', runId: 'run-1', outcome: 'terminated' },
  ...{ startedAt: new Date(now - 90_000_000), closedAt: new Date(now - 89_991_600) },
};

function listing(...runs: readonly ListedRun[]): { runs: FakeRuns; asked: Parameters<PairRuns['runs']>[0][] } {
  const fake = new FakeRuns();
  const asked: Parameters<PairRuns['runs']>[0][] = [];
  fake.runs = async (query) => (asked.push(query), runs);
  return { runs: fake, asked };
}

describe('command line: runs', () => {
  it('one line a run, and how to see more of one', async () => {
    const ran = await commandLine(listing(openRun, pastRun)).run('runs');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toBe(
      [
        'PAIR           BEGAN                    LASTED    OUTCOME     PHASE   INCIDENT',
        `keycloak-prod  2026-11-22 01:08:01 UTC  2 h 04 m  open        fenced  ${incident}`,
        'keycloak-prod  2026-11-21 02:12:01 UTC  8.4 s     terminated  -       -',
        'More of one: sitewarden report <pair> <incident>',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['', [], { limit: 20 }],
    ['a pair', ['keycloak-prod'], { pair: 'keycloak-prod', limit: 20 }],
    ['open ones', ['--open'], { open: true, limit: 20 }],
    ['past ones, at most five', ['--past', '--limit', '5'], { open: false, limit: 5 }],
  ])('asks for %s: %j', async (_, args, query) => {
    const { runs, asked } = listing();

    await commandLine({ runs }).run('runs', ...args);

    expect(asked).toEqual([{ pair: undefined, open: undefined, ...query }]);
  });

  it('--json: all of each, with its dates', async () => {
    const ran = await commandLine(listing(pastRun)).run('runs', '--json');

    expect(ran.json()).toEqual({
      runs: [{ ...pastRun, startedAt: '2026-11-21T02:12:01.000Z', closedAt: '2026-11-21T02:12:09.400Z' }],
    });
  });

  it('says so when there may be more, and when there are none', async () => {
    const full = await commandLine(listing(pastRun)).run('runs', '--limit', '1');
    const none = await commandLine(listing()).run('runs', 'keycloak-prod', '--open');
    const never = await commandLine(listing()).run('runs', '--past');

    expect(full.stdout).toContain('The first 1; for more add --limit <n>.');
    expect(none.stdout).toMatch(/^Temporal knows no open run of keycloak-prod\. It forgets/);
    expect(never.stdout).toMatch(/^Temporal knows no run that ended\. /);
  });

  it.each([
    [['--open', '--past'], '--open and --past ask for different runs.'],
    [['--limit', '0'], 'Write a whole number, from 1 to 1000.'],
    [['--limit', 'many'], 'Write a whole number, from 1 to 1000.'],
    [['keycloak-test'], 'The configuration has no pair "keycloak-test". Did you mean keycloak-prod?'],
  ])('%j: one sentence', async (args, said) => {
    const ran = await commandLine(listing()).run('runs', ...args);

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(said);
  });

  it('texts from a run cannot draw on the terminal', async () => {
    const hostile = { ...openRun, incident: '\u001b[2Kx\nPAIR', phase: '\u009b31m' };

    const ran = await commandLine(listing(hostile)).run('runs');

    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(ran.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(ran.stdout.match(/^PAIR/gm)).toHaveLength(1);
  });
});
