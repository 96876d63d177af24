import { drill as drillOf } from '../../../domain/drill/drill';
import type { SitePair } from '../../../domain/site-pair';
import { verdictOf } from '../../../domain/verdict';
import { readCut } from '../../../domain/what-if-rows';
import type { ObserveInput, ObserveResult } from '../../../workflows/contract/inputs';
import { gatePolicies } from '../../support/gate-policies';
import { digest, fine, observed, pair, type Seen } from '../../support/observations';
import { aStatus, commandLine, FakeRuns, open } from './fake-runs';

const notReady = { what: 'the backup is ASYNC', consequence: 'writes are lost', fix: 'set strategy="SYNC"' };

interface Looked {
  seen?: Seen;
  of?: SitePair;
  more?: Partial<ObserveResult>;
}

/** A worker that looks and drills as the real one does. */
function runsThatSee({ seen = {}, of = pair, more = {} }: Looked = {}): FakeRuns {
  const runs = new FakeRuns();
  const observation = observed(seen);
  runs.observe = jest.fn(({ drill }: ObserveInput) => {
    const cuts = (drill?.cut ?? []).flatMap((one) => readCut(of, one) ?? []);
    const rehearsed = drillOf({ pair: of, observation, cuts, digest });
    return Promise.resolve({ observation, verdict: verdictOf(of, observation), drill: rehearsed, ...more });
  });
  return runs;
}

const run = (runs: FakeRuns, ...args: string[]) => commandLine({ runs }).run('drill', 'keycloak-prod', ...args);

describe('command line: drill', () => {
  it('says who would be fenced and why, each command and question in order, and that nothing was changed', async () => {
    const runs = runsThatSee();

    const { stdout, stderr, exitCode } = await run(runs);

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(runs.observe).toHaveBeenCalledWith({
      pair: 'keycloak-prod',
      drill: { cut: ['site-a/site-b'] },
      patient: true,
    });
    const inOrder = [
      'A drill of keycloak-prod: supposed is the cut site-a/site-b, and that every command works at once.',
      'verdict      partition: both sites answer us, neither sees the other',
      'With the alert of site-a or site-b, site-b would be fenced, site-a kept: both sites answer us, neither sees the other; site-a is preferred.',
      "+0s       1.       remove site-b's endpoint from endpoint group 1 (eu-west-1); 1 endpoint stays: site-a, healthy",
      'clients must reach one site only',
      '2.       on site-a take the backup to site-b offline: sessions, work',
      'Then the link heals, and people agree. The way back of site-b:',
      'asks     at the gate synchronize: Empty site-b and fill it from site-a?',
      'needs 1 approval; with a reason',
      "add site-b's endpoint to endpoint group 1",
      'ends     the run, with siteOnline',
      'Bounds:',
      'established flows may live on after the removal for (drain)  5m40s',
      'Nothing was found that is not ready.',
      'Nothing was changed.',
    ];
    const places = inOrder.map((text) => stdout.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(stdout.trimEnd().endsWith('Nothing was changed.')).toBe(true);
  });

  it('ends with what is not ready, what comes of it and how to mend it', async () => {
    const more = { readiness: [notReady] };

    const { stdout, exitCode } = await run(runsThatSee({ more }));

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /Not ready:\nfinding +the backup is ASYNC\n +means +writes are lost\n +fix +set strategy="SYNC"\nNothing was changed\./,
    );
  });

  it('says who may answer at a gate', async () => {
    const gates = gatePolicies({ fence: { approvals: 2, from: ['sre', 'ops'], unattributed: 'refuse' } });

    const { stdout } = await run(runsThatSee({ of: { ...pair, policy: { ...pair.policy, gates } } }));

    expect(stdout).toMatch(/\+0s +asks +at the gate fence: /);
    expect(stdout).toContain(
      'needs 2 approvals by members of sre, ops; only through the API, which proves who decides; with a reason',
    );
  });

  it('says what would be refused, which sites may be chosen, and that the rest depends on the answer', async () => {
    const { stdout } = await run(runsThatSee(), '--cut', 'site-a/site-b', 'accelerator:site-a', 'accelerator:site-b');

    expect(stdout).toContain('With the alert of site-a first, nobody would be fenced.');
    expect(stdout).toMatch(/refuses +ReporterUnhealthy: /);
    expect(stdout).toMatch(/may be chosen: site-a, site-b\n +What follows depends on that answer\./);
  });

  it('says what a person would have to do by hand, and where the rules only wait', async () => {
    const manual = { ...pair, workloads: { 'site-a': 'manual', 'site-b': 'manual' } as const };
    const blocked = await run(runsThatSee({ of: manual }));
    const waiting = await run(runsThatSee({ seen: { a: { ...fine, cluster: 'DEGRADED' } } }));

    expect(blocked.stdout).toMatch(/blocked +WorkloadManual: .*\n +a person can: retry, confirm, abort\n/);
    expect(waiting.stdout).toMatch(/wait +the cluster of site-a to be healthy\n +What follows depends on the world/);
  });

  it('where no site misses the other, says that no run would be started', async () => {
    const { stdout, exitCode } = await run(runsThatSee(), '--cut', 'accelerator/site-b');

    expect(exitCode).toBe(0);
    expect(stdout).toContain("No site's alert would come, so no run would be started.");
  });

  it('says of a pair in shadow mode that its run would touch nothing', async () => {
    const { stdout } = await run(runsThatSee({ of: { ...pair, mode: 'shadow' } }));

    expect(stdout).toContain('The pair is in shadow mode: its run would write this down, and touch nothing.');
  });

  it('--json: the same for programs', async () => {
    const answer = (await run(runsThatSee({ more: { readiness: [notReady] } }), '--json')).json();

    expect(answer).toMatchObject({
      ...{ pair: 'keycloak-prod', cut: ['site-a/site-b'], changed: false, mode: 'act' },
      verdict: { kind: 'partition' },
      incidents: [{ alertOf: ['site-a', 'site-b'], ends: 'finished', roles: { staleSite: 'site-b' } }],
      readiness: [notReady],
    });
    expect(answer.incidents[0].steps[0]).toMatchObject({
      ...{ afterMs: 0, healed: false },
      next: { kind: 'do', command: { kind: 'removeEndpoint', site: 'site-b' } },
    });
  });

  it('refuses while a run is open, and looks at nothing', async () => {
    const runs = runsThatSee();
    runs.statuses = [open(aStatus())];

    const ran = await run(runs);

    expect(ran).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ran.stderr).toContain('A run of keycloak-prod is open, so nothing is rehearsed.');
    expect(runs.observe).not.toHaveBeenCalled();
  });

  it('refuses when the pair is not in peace, and says why', async () => {
    const split: Seen = { a: { ...fine, sees: false }, b: { ...fine, sees: false } };

    const ran = await run(runsThatSee({ seen: split, more: { drill: undefined } }));

    expect(ran).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ran.stderr).toContain(
      'keycloak-prod is not in peace (partition: both sites answer us, neither sees the other), so nothing is rehearsed.',
    );
  });

  it('refuses a cut that is none, before anything is looked at', async () => {
    const runs = runsThatSee();

    const ran = await run(runs, '--cut', 'site-a/site-x');

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('"site-a/site-x" is nothing that can be cut.');
    expect(runs.observe).not.toHaveBeenCalled();
  });

  it('says so of a worker that knows no drill', async () => {
    const ran = await run(runsThatSee({ more: { drill: undefined } }));

    expect(ran).toMatchObject({ exitCode: 6, stdout: '' });
    expect(ran.stderr).toContain('The worker is of an older version, and knows no drill.');
  });
});
