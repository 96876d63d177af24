import type { Phase } from '../../../domain/state';
import type { RunStatus } from '../../../workflows/contract/inputs';
import { fine, now, observed } from '../../support/observations';
import { aStatus, commandLine, FakeRuns, open } from './fake-runs';

const seen = observed({ a: { ...fine, backup: 'offline' }, b: { ...fine, endpoint: undefined } });
const equal = { keepEntries: 12, staleEntries: 12, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 };
const differing = { keepEntries: 1_204, staleEntries: 1_100, onlyOnKeep: 141, onlyOnStale: 30, differing: 7 };
const comparison = {
  ...{ keepSite: 'site-a', staleSite: 'site-b', epoch: 0, startedAt: now - 21_000, endedAt: now - 20_000 },
  ...{ keepSiteStartedAt: 1, staleSiteStartedAt: 2, caches: { sessions: differing, work: equal } },
};

async function page(part: Partial<RunStatus>, command = 'status'): Promise<string> {
  const runs = new FakeRuns();
  runs.statuses = [open(aStatus({ observation: seen, ...part }))];
  const { stdout } = await commandLine({ runs }).run(command, 'keycloak-prod');
  return stdout;
}

async function tableLine(part: Partial<RunStatus>): Promise<string> {
  const runs = new FakeRuns();
  runs.statuses = [open(aStatus({ observation: seen, ...part }))];
  const { stdout } = await commandLine({ runs }).run('status');
  return stdout.split('\n')[1] ?? '';
}

describe('command line: the way back in status and explain', () => {
  it.each(['status', 'explain'])(
    '%s: what the comparison found, cache by cache, and what is discarded',
    async (command) => {
      const stdout = await page({ comparison }, command);

      const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
      expect(stdout).toMatch(/^compared +03:11:41 UTC \(20 s ago\), site-a with site-b, by every key and value\.$/m);
      expect(lines).toContain('CACHE | SITE-A | SITE-B | ONLY SITE-A | ONLY SITE-B | DIFFERING');
      expect(lines).toContain('sessions | 1,204 | 1,100 | 141 | 30 | 7 | not equal');
      expect(lines).toContain('work | 12 | 12 | 0 | 0 | 0 | every key and value equal');
      expect(lines).toContain(
        'A synchronize discards 37 entries of site-b: keys that only it has, and its values that differ.',
      );
    },
  );

  it('says "at least" where counting ended at its bound, and how many are discarded at most', async () => {
    const ended = { ...differing, atLeast: true, uncounted: 500 };

    const stdout = await page({ comparison: { ...comparison, caches: { sessions: ended, work: equal } } });

    expect(stdout).toMatch(/sessions +1,204 +1,100 +at least 141 +at least 30 +at least 7 +not equal/);
    expect(stdout).toContain('A synchronize discards at most 537 entries of site-b');
  });

  it('says exactly what is discarded where only what the kept site has was not counted to its end', async () => {
    const ended = { ...differing, atLeast: true };

    const stdout = await page({ comparison: { ...comparison, caches: { sessions: ended, work: equal } } });

    expect(stdout).toMatch(/sessions +1,204 +1,100 +at least 141 +30 +7 +not equal/);
    expect(stdout).toContain('A synchronize discards 37 entries of site-b');
  });

  it('says that sites are equal, and that a comparison of an earlier epoch counts no more', async () => {
    const stdout = await page({ epoch: 1, comparison: { ...comparison, caches: { work: equal } } });

    expect(stdout).toContain('Both sites are equal: site-b holds nothing that site-a lacks.');
    expect(stdout).toContain('It counts no more: the site was fenced again since.');
  });

  it('a question: plan, approvals, who may, until when, what is discarded, what to type', async () => {
    const approvals = { needed: 2, by: ['alice'], from: ['sre'], requesters: ['bob'], unattributed: 'refuse' } as const;
    const answers = ['approve keycloak-prod --gate synchronize --plan 7f3a9c41 --discard-at-most 37 --reason "..."'];
    const question = 'Is site-b to be made equal to site-a?';
    const at = { plan: '7f3a9c41', expiresAt: now + 3_600_000, discards: 37, signal: '{"plan":"7f3a9c41"}' };
    const next = { kind: 'ask', gate: 'synchronize', question, approvals, answers, ...at } as const;

    const stdout = await page({ next, waitingFor: question });

    expect(stdout).toMatch(/^asks +synchronize: Is site-b to be made equal to site-a\?$/m);
    expect(stdout).toMatch(/^plan +7f3a9c41$/m);
    expect(stdout).toMatch(
      /^approvals +1 of 2 from sre \(alice\); not by bob, who asked for it; only through the API/m,
    );
    expect(stdout).toMatch(/^expires +04:12:01 UTC \(in 1 h 00 m\); then it is asked anew$/m);
    expect(stdout).toMatch(/^discards +37; an approval bounds it by --discard-at-most$/m);
    expect(stdout).toMatch(/^you can +sitewarden approve keycloak-prod --gate synchronize --plan 7f3a9c41 --discard/m);
    expect(stdout).toMatch(/^ +in the Temporal UI: signal approve \{"plan":"7f3a9c41"\}$/m);
    expect(await tableLine({ next, waitingFor: question })).toMatch(
      /asks: Is site-b to be made equal to site-a\? \(1 of 2 from sre \(alice\).*; expires 04:12:01 UTC\)$/,
    );
  });

  it.each([
    [
      'that it was, where it was',
      now - 1_000,
      / · application ready 03:11:59 UTC · kept site read anew 03:12:00 UTC$/m,
    ],
    ['nothing of it, where nobody had it do so', now - 2_000, / · application ready 03:11:59 UTC$/m],
  ])('the kept site read anew: %s', async (_what, refreshedAt, ending) => {
    const decided = { plan: '7f3a9c41', by: ['alice'], since: now - 9_000, discarded: 37, pushStarts: [] };
    const at = { keepSiteStartedAt: 1, staleSiteStartedAt: 2, applicationReadyAt: now - 2_000, refreshedAt };

    const stdout = await page({ synchronization: { ...decided, ...at, caches: ['work'], pushed: [], spoiled: [] } });

    expect(stdout).toMatch(ending);
  });

  it('how far it is: what was decided and reached, and how fast it goes on', async () => {
    const progress = { what: 'pushing', done: 602, total: 1_204, since: now - 2_000, at: now };
    const decided = { plan: '7f3a9c41', by: ['alice', 'bob'], since: now - 9_000, discarded: 37 };
    const at = { keepSiteStartedAt: 1, staleSiteStartedAt: 2, emptiedAt: now - 5_000, pushStarts: [now - 4_000] };
    const caches = { caches: ['sessions', 'work'], pushed: ['work'], spoiled: ['sessions'] };
    const back = { plan: 'b21e0477', by: [], since: now, round: 9, servingAt: now, soakUntil: now + 60_000 };

    const stdout = await page({
      phase: 'pushing',
      progress,
      applicationStoppedAt: now - 60_000,
      synchronization: { ...decided, ...at, ...caches },
      return: back,
    });

    expect(stdout).toMatch(/^application +of site-b proved stopped at 03:11:01 UTC$/m);
    expect(stdout).toMatch(
      /^synchronize +plan 7f3a9c41, approved by alice, bob, since 03:11:52 UTC · discards 37 entries · pushed 1 of 2 caches · to be pushed again: sessions · emptied 03:11:56 UTC$/m,
    );
    expect(stdout).toMatch(/^progress +pushing: 602 of 1,204 \(50 %\), 301 a second, 2\.0 s left$/m);
    expect(stdout).toMatch(
      /^site online +plan b21e0477, without an approval, by policy, since .* serving, proved at 03:12:01 UTC · watched until 03:13:01 UTC$/m,
    );
  });

  it('a run that fenced again inside the soak says that it waits for a release', async () => {
    const stdout = await page({ phase: 'fenced', refenced: { at: now, released: false } });

    expect(stdout).toMatch(/^fenced again +.*it goes on only after sitewarden release keycloak-prod$/m);
    expect(stdout).toMatch(/^you can +sitewarden release keycloak-prod +end the hold$/m);
  });

  it.each<[Phase, string]>([
    ['clearing', 'clearing'],
    ['pushing', 'pushing'],
    ['comparing', 'comparing'],
    ['reattaching', 'reattaching'],
    ['synchronized', 'synchronized'],
    ['admitting', 'admitting'],
    ['soaking', 'soaking'],
    ['goingOffline', 'going offline'],
  ])('the table says the phase %s as a person does', async (phase, word) => {
    expect(await tableLine({ phase, waitingFor: 'something' })).toMatch(
      new RegExp(`^keycloak-prod +${word} +serving +out, offline 2/2 .* something$`),
    );
  });

  it.each<[Phase, string]>([
    ['clearing', 'site-b is fenced, proved at 03:12:01 UTC; no read has spoken against it since'],
    ['pushing', 'site-b is out of traffic, and site-a replicates to it'],
    ['synchronized', 'site-b is out of traffic, and site-a replicates to it'],
    ['admitting', 'site-b is on its way into traffic'],
    ['soaking', 'both sites serve, and are watched'],
    ['goingOffline', 'site-b is taken out of traffic as planned; site-a goes on replicating to it'],
  ])('what is proved in the phase %s is called what it is, and a fence only where it is one', async (phase, proof) => {
    expect(await page({ phase, provedSince: now })).toMatch(new RegExp(`^proof +${proof}$`, 'm'));
  });

  it.each(['status', 'explain'])('%s: a planned absence is told without the words of a split', async (command) => {
    const runs = new FakeRuns();
    const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'alice asked to take site-b out' };
    const show = async (part: Partial<RunStatus>) => {
      runs.statuses = [open(aStatus({ roles, ...part }))];
      return (await commandLine({ runs }).run(command, 'keycloak-prod')).stdout;
    };

    const leaving = await show({ goal: 'siteOffline', phase: 'goingOffline' });
    const left = await show({ goal: 'siteOffline', phase: 'finished' });
    const coming = await show({ goal: 'siteOnline', phase: 'synchronized' });

    const because = 'site-a goes on serving: alice asked to take site-b out';
    expect(leaving).toMatch(new RegExp(`^roles +site-b leaves as planned, ${because}$`, 'm'));
    expect(left).toMatch(/^proof +nothing was fenced or detached: it was planned$/m);
    expect(coming).toMatch(new RegExp(`^roles +site-b comes back as planned, ${because}$`, 'm'));
    expect(leaving + left + coming).not.toMatch(/stale|is kept/);
  });

  it('a fence that a planned absence became is told as a fence', async () => {
    expect(await page({ goal: 'siteOffline', phase: 'fenced', fencedAt: now })).toMatch(
      /^roles +site-a is kept, site-b is stale/m,
    );
  });

  it('a decision tells its plan and bound, and whether it is proved who took it', async () => {
    const decision = {
      kind: 'approve',
      gate: 'synchronize',
      plan: '7f3a9c41',
      at: now,
      epoch: 0,
      reason: 'ok',
    } as const;
    const decisions = [
      { ...decision, discardAtMost: 37, by: 'alice', how: 'api', groups: ['sre', 'iam'] },
      { ...decision, by: 'unattributed', how: 'temporal-ui' },
    ] as const;

    const stdout = await page({ decisions });

    expect(stdout).toMatch(
      /^decision .* approve synchronize plan 7f3a9c41, discarding at most 37 by alice \(api, of sre, iam\): ok$/m,
    );
    expect(stdout).toMatch(/^decision .* by unattributed \(temporal-ui, unattributed\): ok$/m);
  });
});
