/**
 * The lab by itself, without Sitewarden: two real sites, a link that can be cut, and the alerting that users deploy.
 * Every other end-to-end test stands on what is promised here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startAlerting, type Alerting } from '../../lab/alerting';
import { ApplicationControl, type ApplicationVerb } from '../../lab/application-control';
import { differences, entriesOn, loadEntries } from '../../lab/entries';
import { startInfinispan, type InfinispanPair } from '../../lab/infinispan';
import { freePort } from '../../lab/ports';
import { LabRun } from '../../lab/run';
import { makeUser } from '../../lab/secrets';
import { startSiteApplication } from '../../lab/site-application';
import { labSites, perSiteAsync, type LabSite } from '../../lab/sites';
import { tiers } from '../../lab/tiers';
import { until } from '../../lab/until';
import { startAlertReceiver, type AlertReceiver } from '../support/alert-receiver';

describe('the lab', () => {
  const acceleratorDnsName = 'a0123456789abcdef.awsglobalaccelerator.com';
  let run: LabRun;
  let infinispan: InfinispanPair;
  let alerting: Alerting;
  let receiver: AlertReceiver;

  beforeAll(async () => {
    run = new LabRun();
    const user = makeUser(`${run.folder}/secrets`, 'webhook', 'sitewarden');
    receiver = await startAlertReceiver({ port: await freePort(), user });
    infinispan = await startInfinispan(run);
    alerting = await startAlerting(run, {
      targets: {
        'site-a': new URL(infinispan.sites['site-a'].url).host,
        'site-b': new URL(infinispan.sites['site-b'].url).host,
      },
      caFile: infinispan.certificates.caFile,
      acceleratorDnsName,
      webhook: { address: receiver.address, user },
    });
  });

  afterAll(async () => {
    await run.close();
    await receiver.close();
  });

  it('keeps what one site accepts in both sites', async () => {
    const [a, b] = [infinispan.sites['site-a'].rest, infinispan.sites['site-b'].rest];

    const status = await a.put('work', 'key', 'value');

    expect(status).toBe(204);
    expect(await b.get('work', 'key')).toBe('value');
  });

  it('lets nobody but an admin read the backups', async () => {
    const observer = infinispan.sites['site-a'].rest.as(infinispan.users.observer);

    const { status } = await observer.ask('GET', '/container/x-site/backups');

    expect(status).toBe(403);
    await observer.close();
  });

  it.each([['cut'], ['blackhole']] as const)(
    'link %s: both views lose the other site, both sites alert; healed: both resolve',
    async (disturb) => {
      receiver.forget();

      await infinispan.link[disturb]();
      await run.until(() => infinispan.isSplit(), { what: 'both views lost the other site', withinSeconds: 15 });
      await run.until(() => receiver.firing('SiteOffline').length === 2, {
        what: 'two alerts arrived',
        withinSeconds: 15,
      });

      expect(receiver.firing('SiteOffline')).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ reporter: 'site-a', site: 'site-b', accelerator: acceleratorDnsName }),
          expect.objectContaining({ reporter: 'site-b', site: 'site-a', accelerator: acceleratorDnsName }),
        ]),
      );
      expect(await infinispan.sites['site-a'].rest.put('work', 'refused', 'value')).toBe(500);

      await infinispan.link.heal();
      await run.until(() => infinispan.isWhole(), { what: 'both views whole', withinSeconds: 30 });
      await run.until(() => receiver.firing('SiteOffline').length === 0, { what: 'both resolved', withinSeconds: 15 });
      await run.until(async () => (await alerting.firing()).length === 0, { what: 'no alert held', withinSeconds: 15 });
    },
  );

  it.each([
    ['mute', 'site-a', 'site-b'],
    ['mute', 'site-b', 'site-a'],
    ['deafen', 'site-a', undefined],
    ['deafen', 'site-b', undefined],
  ] as const)(
    'link %s %s: one direction is dead, and both views lose the other site',
    async (verb, site, firstToLose) => {
      await infinispan.link[verb](site);
      const first = await run.until(
        async () => {
          const sees = await infinispan.views();
          return labSites.every((each) => sees[each]) ? undefined : sees;
        },
        { what: 'a view lost the other site', withinSeconds: 30, everyMs: 50 },
      );
      await run.until(() => infinispan.isSplit(), { what: 'both views lost the other site', withinSeconds: 30 });

      if (firstToLose) expect(first[firstToLose]).toBe(false);
      expect(await infinispan.sites['site-a'].rest.put('work', 'refused', 'value')).toBe(500);
      await infinispan.link.heal();
      await run.until(() => infinispan.isWhole(), { what: 'both views whole', withinSeconds: 30 });
    },
  );

  it('tells in what the sites differ, every key and value read', async () => {
    const [a, b] = [infinispan.sites['site-a'].rest, infinispan.sites['site-b'].rest];
    await loadEntries(a, { perCache: 50 });
    const before = await differences(infinispan);
    await Promise.all([a.takeOffline('site-b'), b.takeOffline('site-a')]);
    await Promise.all([
      a.put('work', 'entry-1', 'changed'),
      a.remove('work', 'entry-2'),
      b.put('loginFailures', 'new', ''),
    ]);

    const after = await differences(infinispan);
    const { 'site-a': onA, 'site-b': onB } = await entriesOn(infinispan);

    expect(before).toEqual([]);
    expect(after).toEqual([
      'loginFailures/new is not on site-a',
      'work/entry-1 has two values',
      'work/entry-2 is not on site-a',
    ]);
    expect(onB - onA).toBe(2);
    await Promise.all([a.bringOnline('site-b'), b.bringOnline('site-a')]);
  });

  it("stops and starts a site's application by the commands that its configuration names", async () => {
    const { users, certificates, sites } = infinispan;
    const applications = await perSiteAsync((site) =>
      startSiteApplication(run, {
        ...{ site, infinispanUrl: sites[site].url, caFile: certificates.caFile, user: users.application },
      }),
    );
    const control = await ApplicationControl.start(run, applications);
    const says = async (site: LabSite, verb: ApplicationVerb) => {
      const [program = '', ...args] = control.command(site, verb);
      const [exitCode] = (await once(spawn(program, args, { stdio: 'ignore' }), 'close')) as [number];
      return exitCode;
    };
    const health = async () => (await fetch(`${applications['site-b'].url}/lb-check`).catch(() => undefined))?.status;

    expect([await says('site-b', 'status'), await health()]).toEqual([0, 200]);
    expect([await says('site-b', 'stop'), await says('site-b', 'stop')]).toEqual([0, 0]);
    expect([await says('site-b', 'status'), await health(), await says('site-a', 'status')]).toEqual([3, undefined, 0]);
    expect([await says('site-b', 'start'), await says('site-b', 'start')]).toEqual([0, 0]);
    expect([await says('site-b', 'status'), await health()]).toEqual([0, 200]);
    await control.close();
    expect(await says('site-b', 'status')).toBe(1);
  });

  it('a site that is killed and started again comes back empty and sees the other', async () => {
    const { server, rest } = infinispan.sites['site-b'];
    await rest.put('work', 'kept elsewhere', 'value');

    await server.kill();
    await server.start();
    await run.until(() => infinispan.isWhole(), { what: 'both views whole', withinSeconds: 30 });

    expect(await rest.size('work')).toBe(0);
  });

  it('leaves nothing behind: no process, no open port', async () => {
    const pids = run.processes.pids();
    expect(pids.length).toBe(5);

    await run.close();

    expect(pids.filter(isAlive)).toEqual([]);
    for (const url of [alerting.prometheusUrl, alerting.alertmanagerUrl, infinispan.link.controlUrl]) {
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    }
  });
});

describe('a run of the lab', () => {
  const start = (program: string, args: string[]) => `
    const { LabRun } = require('./dist/lab/run.js');
    const run = new LabRun();
    const ready = async () => true;
    const part = { name: 'part', tier: 1, program: '${program}', args: ${JSON.stringify(args)}, ready, readyWithinSeconds: 5 };
    run.processes.start(part).then(({ pid }) => console.log(pid));
  `;

  it('takes its child processes with it when it is killed', async () => {
    const lab = spawn(process.execPath, ['-e', start('sleep', ['600'])], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = (await once(lab.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    expect(isAlive(pid)).toBe(true);

    lab.kill('SIGKILL');

    await until(() => !isAlive(pid), { what: 'the child process is gone', withinSeconds: 5 });
  });

  it('names a part that crashes, with the last lines of its log', async () => {
    const run = new LabRun();
    const complains = ['-c', 'echo no configuration >&2; sleep 0.2; exit 3'];
    const part = { name: 'complainer', tier: tiers.servers, program: 'sh', args: complains };

    await run.processes.start({ ...part, ready: async () => true, readyWithinSeconds: 5 });

    await expect(run.crashed).rejects.toThrow(/complainer ended with exit code 3[^]*no configuration/);
    await run.close();
  });

  it('goes on when a part that was only launched ends before it is ready', async () => {
    const run = new LabRun();
    const dies = { name: 'mortal', tier: tiers.servers, program: 'sh', args: ['-c', 'echo no cluster >&2; exit 1'] };

    const { ready } = run.processes.launch({ ...dies, ready: async () => false, readyWithinSeconds: 5 });

    await expect(ready).rejects.toThrow(/mortal ended with exit code 1 before it was ready[^]*no cluster/);
    const stays = { name: 'other', tier: tiers.servers, program: 'sleep', args: ['600'] };
    await run.processes.start({ ...stays, ready: async () => true, readyWithinSeconds: 5 });
    await expect(Promise.race([run.crashed, Promise.resolve('up')])).resolves.toBe('up');
    await run.close();
  });

  it('says of a part that never gets ready what its log says', async () => {
    const run = new LabRun();
    const waits = ['-c', 'echo waiting for a licence; sleep 600'];
    const part = { name: 'waiter', tier: tiers.servers, program: 'sh', args: waits };

    const starting = run.processes.start({ ...part, ready: async () => false, readyWithinSeconds: 0.5 });

    await expect(starting).rejects.toThrow(/waiter is ready[^]*waiting for a licence/);
    expect(run.processes.pids()).toEqual([]);
    await run.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
