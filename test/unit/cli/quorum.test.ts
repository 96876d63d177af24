import { renderQuorum } from '../../../client/cli/rendering/quorum';
import { whatIf } from '../../../domain/what-if';
import { readCut } from '../../../domain/what-if-rows';
import { witnessed } from '../../support/witnesses';
import { commandLine } from './fake-runs';

describe('command line: quorum', () => {
  const refusing = () => Promise.reject(new Error('Temporal was asked'));
  const cli = () => commandLine({}, { surroundings: { openTemporal: refusing } });

  it('says who would be kept in each situation that is worth a row, without Temporal', async () => {
    const ran = await cli().run('quorum', 'keycloak-prod');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    const [rule, alone, , head, first] = ran.stdout.split('\n');
    expect(rule).toMatch(/^keycloak-prod: 2 votes, 2 are a majority \(decides: /);
    expect(alone).toBe('No observer has a vote, so that neither site ever has the majority.');
    expect(head).toMatch(/^CUT +VERDICT +VOTES +ANSWER$/);
    expect(first).toMatch(/^site-a\/site-b +partition +site-a 1, site-b 1 +keeps site-a, fences site-b$/);
  });

  it('--cut: what is cut, every vote, and why', async () => {
    const ran = await cli().run('quorum', 'keycloak-prod', '--cut', 'site-a/site-b', 'accelerator:site-a');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/\nsite-a\/site-b accelerator:site-a +partition +site-a 1, site-b 1 +keeps site-b/);
    expect(ran.stdout).toMatch(/\nsite-a +1 vote +for site-a +site-a answers\n/);
    expect(ran.stdout).toContain('because: both sites answer us, neither sees the other; only site-b can be kept');
  });

  it('knows the observers of the configuration: what each of them would change', async () => {
    const witnessed = commandLine({}, { observers: ['third'], surroundings: { openTemporal: refusing } });

    const table = await witnessed.run('quorum', 'keycloak-prod');
    const one = await witnessed.run('quorum', 'keycloak-prod', '--cut', 'site-a/site-b', '--cut', 'third/site-a');

    expect(table.stdout).toMatch(/^keycloak-prod: 3 votes, 2 are a majority/);
    expect(table.stdout).toMatch(/\nsite-a\/site-b third\/site-a +partition +site-a 1, site-b 2 +keeps site-b/);
    expect(one.stdout).toMatch(/\nthird +1 vote +for site-b +third reaches site-b only\n/);
    expect(one.stdout).toContain('because: both sites answer us, neither sees the other; site-b has 2 of 3 votes;');
  });

  it('--score: who wins a tie when the scored checks of a site add up to so much', async () => {
    const scored = commandLine({}, { scores: [2, 2], surroundings: { openTemporal: refusing } });
    const tie = ['quorum', 'keycloak-prod', '--cut', 'site-a/site-b', '--score'];

    const low = await scored.run(...tie, 'site-a=1');
    const enough = await scored.run(...tie, 'site-a=2');

    expect(low.stdout).toContain('\nScores, as supposed: site-a 1.\n');
    expect(low.stdout).toMatch(/keeps site-b, fences site-a\n/);
    expect(low.stdout).toContain('site-a loses the tie by its score');
    expect(enough.stdout).toMatch(/keeps site-a, fences site-b\n/);
  });

  it.each<[readonly number[] | undefined, string, string]>([
    [[2, 2], 'site-a=5', 'Write site-a=0 to site-a=4, the points of all its checks.'],
    [[2, 2], 'site-b=1', 'Write site-a=3 for "site-a scores 3". With scored checks in keycloak-prod: site-a.'],
    [[2, 2], 'many', 'With scored checks in keycloak-prod: site-a.'],
    [undefined, 'site-a=1', 'No site of keycloak-prod has scored checks (heuristics): leave --score out.'],
  ])('of checks that score %j, --score %s is answered by what could be written', async (scores, written, next) => {
    const ran = await commandLine({}, { scores }).run('quorum', 'keycloak-prod', '--score', written);

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`"${written}" is no score of a site.`);
    expect(ran.stderr).toContain(next);
  });

  it('--json: the same for programs', async () => {
    const answer = (await cli().run('quorum', 'keycloak-prod', '--cut', 'site-b', '--json')).json();

    expect(answer).toMatchObject({
      pair: 'keycloak-prod',
      majority: 'decides',
      witnesses: false,
      rows: [
        {
          cut: ['site-b'],
          verdict: { kind: 'siteDown' },
          voting: { configured: 2, needed: 2, votes: { 'site-a': 1, 'site-b': 0 } },
          answer: { kind: 'keeps', roles: { keepSite: 'site-a' } },
        },
      ],
    });
  });

  it('says what can be cut when something else was asked for', async () => {
    const ran = await cli().run('quorum', 'keycloak-prod', '--cut', 'site-a-site-b');

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain('"site-a-site-b" is nothing that can be cut.');
    expect(ran.stderr).toContain('Known in keycloak-prod: site-a, site-b, worker, accelerator.');
  });

  it('names the refusal where nothing is fenced, and what is missing where nothing is read', () => {
    const pair = witnessed(['third'], { majority: 'required' });
    const colours = { dim: (text: string) => text } as Parameters<typeof renderQuorum>[0]['colours'];
    const rows = [['site-a/site-b', 'third'], ['third'], ['worker']].map((cut) => ({
      cut,
      ...whatIf(pair, { cuts: cut.flatMap((one) => readCut(pair, one) ?? []) }),
    }));

    const page = renderQuorum({ pair: 'p', majority: 'required', witnesses: true, rows, details: true, colours });

    expect(page).toContain('p: 3 votes, 2 are a majority (required: without a majority nothing is fenced by itself');
    expect(page).toMatch(/site-a\/site-b third +partition +site-a 1, site-b 1 +fences nothing: NoQuorum/);
    expect(page).toMatch(/third +1 vote +for none +third is silent, which says nothing of any site/);
    expect(page).toContain('because: A quorum is required and there is none');
    expect(page).toContain('fences nothing: there is no split');
    expect(page).toContain('fences nothing: too little is read');
  });

  it('has a row for a site whose alert is heard first, where nothing else decides', () => {
    const pair = witnessed([], { preferredSite: null });
    const row = { cut: ['site-a/site-b'], ...whatIf(pair, { cuts: readCut(pair, 'site-a/site-b')! }) };
    const colours = { dim: (text: string) => text } as Parameters<typeof renderQuorum>[0]['colours'];

    const page = renderQuorum({
      pair: 'p',
      majority: 'decides',
      witnesses: false,
      rows: [row],
      details: true,
      colours,
    });

    expect(page).toContain('keeps the site whose alert is heard first');
    expect(page).toContain('because: both sites answer us, neither sees the other');
  });
});
