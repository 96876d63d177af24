import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NoWorkerAnswers } from '../../client/no-worker-answers';
import { SitePairClient } from '../../client/site-pair-client';
import { memoKey } from '../../workflows/contract/memo';
import { sitePairWorkflowId } from '../../workflows/contract/ids';
import type { RunMemo, SitePairRunInput } from '../../workflows/contract/inputs';
import { searchAttributeNames } from '../../workflows/contract/search-attributes';
import { until } from '../../lab/until';
import { CommandLine } from '../support/command-line';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites, type TwoSitesOptions } from '../support/two-sites';

const reason = ['--reason', 'a test asks'];

describe('command line on a Temporal server', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  function twoSites({ taskQueue, ...options }: { taskQueue?: string } & Omit<TwoSitesOptions, 'name'> = {}) {
    pairs += 1;
    const name = `cli-${pairs}`;
    const sites = new TwoSites(temporal, { name, ...options });
    const cli = new CommandLine({ pairs: [name], temporal: { address: temporal.env.address, taskQueue } });
    return { name, sites, world: sites.world, cli };
  }

  it('observe: prints traffic, replication, health and verdict, and starts no run', async () => {
    const { cli, name, sites } = twoSites();

    const ran = await cli.run('observe', name);

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /^traffic +site-a in, healthy, weight 128 · site-b in, healthy, weight 128 · accelerator DEPLOYED +\(\d+ ms, /m,
    );
    expect(ran.stdout).toMatch(
      /^replication +site-a -> site-b online 2\/2 · site-b -> site-a online 2\/2 · views whole on both sides +\(/m,
    );
    expect(ran.stdout).toMatch(/^health +site-a 200 · site-b 200 +\(/m);
    expect(ran.stdout).toMatch(/^verdict +healthy: /m);
    expect(await sites.status()).toEqual({ run: 'none' });
  });

  it('observe: says what is unknown and why', async () => {
    const { cli, name, world } = twoSites();
    world.faults.fail('readGroups', 'TrafficThrottled', { times: Infinity });
    world.stop('site-b');

    const ran = await cli.run('observe', name);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/^unknown +endpoint groups: TrafficThrottled: Global Accelerator is throttling/m);
    expect(ran.stdout).toMatch(/^unknown +site-b view, .*: InfinispanUnreachable: /m);
    expect(ran.stdout).toMatch(/^verdict +inconclusive: Global Accelerator could not be read/m);
  });

  it('observe: names what is not ready, what comes of it and what to do, and judges as ever', async () => {
    const { cli, name, world } = twoSites();
    const backup = { strategy: 'SYNC', failurePolicy: 'FAIL' } as const;
    world.site('site-b').infinispan.cache('work').configuration = { transactionMode: 'NON_XA', backup };

    const ran = await cli.run('observe', name);
    const json = await cli.run('observe', name, '--json');

    expect(ran.stdout).toMatch(
      /^finding +site-b, work: transaction mode NON_XA with failure policy FAIL\n +means +in a split .*\n +fix +set .*\nverdict +healthy/m,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      verdict: { kind: 'healthy' },
      readiness: [{ what: expect.stringContaining('NON_XA') as string }],
    });
    expect([ran.exitCode, json.exitCode]).toEqual([0, 0]);
  });

  it('fence --dry-run: prints the plan and changes nothing', async () => {
    const { cli, name, sites, world } = twoSites();
    world.cut();

    const ran = await cli.run('fence', name, '--site', 'site-b', '--dry-run');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /1\. remove site-b's endpoint from endpoint group .*; 1 endpoint stays: site-a, healthy/,
    );
    expect(ran.stdout).toContain('2. on site-a take the backup to site-b offline: actionTokens, work');
    expect(ran.stdout).toContain(`Nothing was changed. To do it: sitewarden fence ${name} --site site-b`);
    expect(world.journal).toEqual([]);
    expect(await sites.status()).toEqual({ run: 'none' });
  });

  it('fence --wait: returns when the fence is proved; abort: reports that nobody guards any more', async () => {
    const { cli, name, sites, world } = twoSites();
    world.cut();

    const fenced = await cli.run('fence', name, '--site', 'site-b', '--wait', ...reason);

    expect(fenced).toMatchObject({ exitCode: 0, stderr: '' });
    expect(fenced.stdout).toMatch(/^before {2}no run · site-a in · site-b in · site-a -> site-b online 2\/2 · /);
    expect(fenced.stdout).toMatch(/^Started: incident cli-/m);
    expect(fenced.stdout).toMatch(/UTC {2}site-b read absent from /);
    expect(fenced.stdout).toMatch(/Fenced: site-b is out, site-a serves everyone; proved since /);
    expect(fenced.stdout).toMatch(/^after {3}fenced · site-a in · site-b out · site-a -> site-b offline 2\/2 · /m);
    expect(world.endpointSites()).toEqual(['site-a']);
    expect(world.backups('site-a')).toEqual({ actionTokens: 'offline', work: 'offline' });

    const joined = await cli.run('fence', name, '--site', 'site-b', '--wait', '--json', ...reason);
    expect(joined.json()).toMatchObject({
      by: 'alice@laptop',
      before: { phase: 'fenced', traffic: { 'site-a': 'in', 'site-b': 'out' } },
      answer: { outcome: 'joined' },
      after: { phase: 'fenced', replication: { 'site-a -> site-b': 'offline 2/2' } },
      waited: { end: 'reached' },
    });
    const opposite = await cli.run('fence', name, '--site', 'site-a', '--wait', ...reason);
    expect(opposite.exitCode).toBe(3);
    expect(opposite.stdout).toContain('OppositeSiteFenced');

    const table = await cli.run('status');
    expect(table.stdout).toMatch(/^PAIR +PHASE +SITE-A +SITE-B +SINCE +WAITING FOR/);
    expect(table.stdout).toMatch(/ fenced +serving +out, offline 2\/2 /);
    const page = await cli.run('status', name);
    expect(page.stdout).toMatch(/^proof +site-b is fenced, proved at .*; no read has spoken against it since$/m);
    expect(page.stdout).toMatch(/^request +.* fence site-b by alice@laptop: a test asks$/m);
    expect(page.stdout).toMatch(/^verdict +fenced: /m);

    const aborted = await cli.run('abort', name, ...reason);
    expect(aborted).toMatchObject({ exitCode: 0, stderr: '' });
    expect(aborted.stdout).toContain(
      'Nobody guards this pair any more. site-a is in traffic; site-b is out of traffic',
    );
    expect(await sites.status()).toMatchObject({ run: 'closed', outcome: 'aborted' });
    expect((await cli.run('status', name)).stdout).toMatch(/no open run: the last one ended .* \(aborted\)/);
    const again = await cli.run('abort', name, ...reason);
    expect(again.exitCode).toBe(3);
    expect(again.stdout).toContain('Refused: NoOpenRun: ');
  });

  it('decisions: each is answered, shown before and after, and explained while the run is open and when it has ended', async () => {
    const { cli, name, sites, world } = twoSites();
    expect((await cli.run('explain', name)).stdout).toContain('no run has left an explanation');
    world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();

    const held = await cli.run('hold', name, ...reason);
    expect(held).toMatchObject({ exitCode: 0, stderr: '' });
    expect(held.stdout).toMatch(/^before {2}fenced · site-a in · site-b out · /m);
    expect(held.stdout).toMatch(/^after {3}fenced, held · site-a in · site-b out · /m);
    const released = await cli.run('release', name);
    expect(released.stdout).toMatch(/^before {2}fenced, held · .*\nby .*\nReleased.*\nafter {3}fenced · /m);

    const refused = await Promise.all([
      cli.run('release', name),
      cli.run('retry', name),
      cli.run('confirm', name, ...reason),
      cli.run('reject', name, '--gate', 'keepSite', ...reason),
    ]);
    expect(refused.map(({ exitCode }) => exitCode)).toEqual([3, 3, 3, 3]);
    const codes = ['NotHeld', 'NothingBlocked', 'NothingBlocked', 'GateNotOpen'];
    expect(refused.map(({ stdout }) => /^Refused: (\w+)/m.exec(stdout)?.[1])).toEqual(codes);

    const open = await cli.run('explain', name);
    expect(open.stdout).toMatch(/^alert +"site-b is offline" from site-a, firing, heard once/m);
    expect(open.stdout).toMatch(/^decision .* hold by alice@laptop \(cli, unattributed\): a test asks$/m);
    expect(open.stdout).toMatch(/^decision .* retry by alice@laptop .*\[refused: NothingBlocked: /m);
    await sites.abort();
    const ended = await cli.run('explain', name);
    expect(ended.stdout).toMatch(/^outcome +aborted$/m);
    expect(ended.stdout).toMatch(/^report +Nobody guards this pair any more\. /m);
    expect(ended.stdout).toMatch(/^timeline .*\n(.*\n)* +.* site-b read absent from /m);
  });

  it('a question: the status shows the exact line that answers it, and the run takes that line', async () => {
    const { cli, name, sites, world } = twoSites({ policy: { whenPutBack: 'ask' } });
    world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();
    world.addedByOthers('site-b');
    await sites.runUntil('a question', ({ next }) => next?.kind === 'ask');

    const page = await cli.run('status', name);
    expect(page.stdout).toMatch(/^asks +fence: site-b was put back into .* Remove it again\?$/m);
    const [approve = [], reject = []] = linesToType(page.stdout);
    expect(approve.slice(0, 4)).toEqual(['approve', name, '--gate', 'fence']);
    expect(reject.slice(0, 4)).toEqual(['reject', name, '--gate', 'fence']);
    const wrong = await cli.run('approve', name, '--gate', 'keepSite', '--site', 'site-a', ...reason);
    expect(wrong.exitCode).toBe(3);
    expect(wrong.stdout).toContain('Refused: GateNotOpen: The open question is "fence"');
    const approved = await cli.run(...approve);

    expect(approved).toMatchObject({ exitCode: 0, stderr: '' });
    expect(approved.stdout).toMatch(/^before .* site-b in · .*\nby .*\nApproved: fence\. \(incident cli-/m);
    await sites.runUntil('the second fence', ({ next }) => next?.kind !== 'ask' && world.endpointSites().length === 1);
    expect((await cli.run('explain', name)).stdout).toMatch(
      /^decision .* approve fence plan [0-9a-f]{8} by alice@laptop \(cli, unattributed\): /m,
    );
    await sites.abort();
  });

  it('pause: alerts are recorded and answered with it; release ends it, and what still fires is acted on', async () => {
    const { cli, name, sites, world } = twoSites();

    const paused = await cli.run('pause', name, '--for', '2h', ...reason);
    expect(paused).toMatchObject({ exitCode: 0, stderr: '' });
    expect(paused.stdout).toMatch(
      /^before {2}no run · site-a in · site-b in · .*\nby .*\nPaused for 2 h 00 m, until about /,
    );
    expect(paused.stdout).toMatch(/^after {3}observing, paused · /m);
    const again = await cli.run('pause', name, '--for', '2h', ...reason);
    expect(again.exitCode).toBe(3);
    expect(again.stdout).toContain('RunOpen');

    world.cut();
    await sites.alert('site-a');
    await sites.runUntil('the alert', ({ alerts }) => alerts.length === 1);
    expect((await cli.run('explain', name)).stdout).toMatch(/^alert .*\n +recorded: paused by alice@laptop until /m);
    const page = await cli.run('status', name);
    expect(page.stdout).toMatch(/^phase +observing, paused until /m);
    expect(world.endpointSites()).toEqual(['site-a', 'site-b']);

    expect(await cli.run('release', name)).toMatchObject({ exitCode: 0, stderr: '' });
    await sites.untilFenced();
    await sites.abort();
  });

  it('shadow: status and explain tell what it would have done; nothing is touched', async () => {
    const { cli, name, sites, world } = twoSites({ mode: 'shadow' });
    world.cut();
    await sites.alert('site-a');
    await sites.runUntil('a decision', ({ timeline }) => timeline.some(({ what }) => what.startsWith('would ')));

    const page = await cli.run('status', name);
    const why = await cli.run('explain', name);

    expect(page.stdout).toMatch(/^phase .*, shadow: it decides and records, and touches nothing$/m);
    expect(why.stdout).toMatch(/ would remove site-b from Global Accelerator/);
    expect(world.journal).toEqual([]);
    await sites.abort();
  });

  it('watch: tells each change of a real run, and ends with 0 when it is interrupted', async () => {
    const { cli, name, sites, world } = twoSites();
    const stop = new AbortController();
    let seen = '';
    const watching = cli.with({
      quitSignal: () => stop.signal,
      stdout: { write: (text: string) => void (seen += text) },
    });
    const watched = watching.run('watch', name);
    await until(async () => seen.includes('no run') || undefined, { what: 'the first line', withinSeconds: 30 });

    world.cut();
    await sites.fence('site-b');
    await until(async () => / fenced {2}/.test(seen) || undefined, { what: 'the fence to be told', withinSeconds: 30 });
    stop.abort();

    expect(await watched).toMatchObject({ exitCode: 0, stderr: '' });
    expect(seen).toMatch(
      /UTC {2}cli-\d+ {2}no run .*\n(.*\n)*.* fenced {2}site-a: serving {2}site-b: out, offline 2\/2 /,
    );
    await sites.abort();
  });

  it.each<[string, (watching: ChildProcessWithoutNullStreams) => unknown]>([
    ['Ctrl-C', (watching) => watching.kill('SIGINT')],
    ['a reader who goes away', (watching) => watching.stdout.destroy()],
  ])('watch as a process: %s ends it with code 0, and nothing on standard error', async (_, quit) => {
    const { cli, sites } = twoSites();
    const program = [
      '--require',
      './test/support/run-ts.cjs',
      'bin/sitewarden.ts',
      'watch',
      '--config',
      cli.configFile,
    ];
    const env = { ...process.env, NO_COLOR: '1', TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' };
    const watching = spawn(process.execPath, program, { cwd: join(__dirname, '..', '..'), env });
    const ended = once(watching, 'exit');
    let said = '';
    let complained = '';
    watching.stdout.on('data', (text) => (said += String(text)));
    watching.stderr.on('data', (text) => (complained += String(text)));
    await until(() => said.includes('no run') || watching.exitCode !== null, { what: 'a line', withinSeconds: 60 });

    quit(watching);
    await sites.fence('site-b');

    expect(await ended).toEqual([0, null]);
    expect(said).toMatch(/^\d\d:\d\d:\d\d UTC {2}cli-\d+ {2}no run /);
    expect(complained).toBe('');
    await sites.abort();
  });

  it('fence: refused when the site that would be kept is unhealthy, by the dry run as by the run', async () => {
    const { cli, name, world } = twoSites();
    world.setHealth('site-a', 'UNHEALTHY');

    const rehearsed = await cli.run('fence', name, '--site', 'site-b', '--dry-run');
    const ran = await cli.run('fence', name, '--site', 'site-b', '--wait', ...reason);

    expect(rehearsed.exitCode).toBe(3);
    expect(rehearsed.stdout).toContain("Would be refused: KeepSiteUnhealthy: site-a's endpoint is UNHEALTHY");
    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain("site-a's endpoint is UNHEALTHY");
    expect(world.journal).toEqual([]);
  });

  it('fence --wait 1: exits 4 while the fence is not proved, and the run goes on', async () => {
    const { cli, name, sites, world } = twoSites();
    world.cut();
    world.faults.fail('removeEndpoint', 'TrafficThrottled', { times: Infinity });

    const ran = await cli.run('fence', name, '--site', 'site-b', '--wait', '1', ...reason);

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain('Not proved within 1 s.');
    world.faults.clear();
    await sites.untilFenced();
    await sites.abort();
  });

  it('no worker: a new request is recorded, of a repeat it is not known, and status answers from the memo', async () => {
    const { cli, name } = twoSites({ taskQueue: 'nobody-polls-this' });

    const first = await cli.run('fence', name, '--site', 'site-b', ...reason);
    expect(first.exitCode).toBe(6);
    expect(first.stderr).toContain('The request is recorded, and nobody is working');

    const [second, aborted, observed, status] = await Promise.all([
      cli.run('fence', name, '--site', 'site-b', ...reason),
      cli.run('abort', name, ...reason),
      cli.run('observe', name),
      cli.run('status'),
    ]);
    expect(second.exitCode).toBe(6);
    expect(second.stderr).toContain('it is not known whether the request is recorded');
    expect(aborted.exitCode).toBe(6);
    expect(observed.exitCode).toBe(6);
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toContain('no worker answers');
  });

  it('no worker: however patient a look is, it is given up once nobody took it up', async () => {
    const client = new SitePairClient(temporal.env.client, 'nobody-polls-this');
    const anHour = 3_600_000;

    await expect(client.observe({ pair: twoSites().name, patient: true }, anHour)).rejects.toThrow(NoWorkerAnswers);
  });

  it('status without a worker: tells what the memo holds', async () => {
    const { cli, name } = twoSites();
    const input: SitePairRunInput = { pair: name, goal: 'protect' };
    const memo: RunMemo = {
      incident: 'cli-incident',
      goal: 'protect',
      startedAt: Date.UTC(2026, 10, 22, 3, 12, 1),
      phase: 'fenced',
      keepSite: 'site-a',
      staleSite: 'site-b',
      waitingFor: 'the link to heal',
      next: 'wait',
      at: Date.UTC(2026, 10, 22, 3, 12, 9),
    };
    const handle = await temporal.env.client.workflow.start('sitePairRun', {
      workflowId: sitePairWorkflowId(name),
      taskQueue: 'nobody-polls-this',
      args: [input],
      memo: { [memoKey]: memo },
    });

    const [table, page] = await Promise.all([cli.run('status'), cli.run('status', name)]);

    expect(table.stdout).toMatch(/no worker answers; recorded 03:12:09 UTC: the link to heal/);
    expect(page.stdout).toMatch(/^roles +site-a is kept, site-b is stale$/m);
    expect(page.exitCode).toBe(0);
    await handle.terminate();
  });

  it('setup: registers the search attributes once', async () => {
    const { cli } = twoSites();

    const first = await cli.run('setup');
    const second = await cli.run('setup', '--json');

    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('Registered search attributes in namespace default: SitewardenPair');
    expect(second.json()).toEqual({ namespace: 'default', registered: [], alreadyRegistered: searchAttributeNames });
  });

  it('Temporal unreachable: exits 5 with address and reason', async () => {
    const cli = new CommandLine({ pairs: ['cli-alone'], temporal: { address: '127.0.0.1:1' } });

    const ran = await cli.run('status');

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain('Temporal at 127.0.0.1:1 does not answer (connect ECONNREFUSED 127.0.0.1:1).');
    expect(ran.stdout).toBe('');
  });
});

describe('command line beside workers without the right to restore', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal({ mayRestore: false });
  });
  afterAll(() => temporal?.stop());

  it('blocked: the status says why, what is true, since when, and shows lines that the run takes', async () => {
    const name = 'cli-blocked';
    const sites = new TwoSites(temporal, { name, policy: { stableSeconds: 1 } });
    const cli = new CommandLine({ pairs: [name], temporal: { address: temporal.env.address } });
    const removal = sites.world.faults.hang('removeEndpoint', { afterApplying: true });
    sites.world.cut();
    await sites.alert('site-a');
    await removal.reached;
    sites.world.heal();
    removal.release();
    await sites.runUntil('blocked', ({ next }) => next?.kind === 'blocked');

    const page = await cli.run('status', name);
    const table = await cli.run('status');
    const [retry = [], ...others] = linesToType(page.stdout);
    const retried = await cli.run(...retry);

    expect(page.stdout).toMatch(/^blocked +add site-b to Global Accelerator .*: RestoreNotPermitted: /m);
    expect(page.stdout).toMatch(
      /^true now +site-a is in traffic; site-b is out of traffic; replication site-a -> site-b/m,
    );
    expect(page.stdout).toMatch(/^since +\d\d:\d\d:\d\d UTC \(/m);
    expect(table.stdout).toMatch(/ blocked: RestoreNotPermitted: /);
    expect(retry.slice(0, 2)).toEqual(['retry', name]);
    expect(others.at(-1)?.slice(0, 2)).toEqual(['abort', name]);
    expect(retried).toMatchObject({ exitCode: 0, stderr: '' });
    await sites.abort();
  });
});

/** The lines that a page offers to type, as the words that a shell makes of them, with a reason in the place for one. */
function linesToType(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/ sitewarden ((?:approve|reject|retry|confirm|abort) .*?--reason "[^"]*")/g)].map(
    ([, line = '']) =>
      [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) =>
        quoted === '...' ? 'a test asks' : (quoted ?? bare ?? ''),
      ),
  );
}
