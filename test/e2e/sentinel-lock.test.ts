/** Two sentinels as they are shipped, one lock in a real etcd, and an application that must never run in both sites. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { stringify } from 'yaml';
import { startEtcd, type LabEtcd } from '../../lab/etcd';
import { freePorts } from '../../lab/ports';
import type { Restartable } from '../../lab/restartable';
import { LabRun } from '../../lab/run';
import { Sitewarden } from '../../lab/sitewarden';

type Site = 'site-a' | 'site-b';
const sites: readonly Site[] = ['site-a', 'site-b'];
const app = join(__dirname, '..', 'support', 'one-owner-app.cjs');
const withinSeconds = 60;

describe('two sentinels and one lock', () => {
  let run: LabRun;
  let etcd: LabEtcd;
  let journal: string;
  let sentinels: Record<Site, Restartable>;
  let ports: Record<Site, number>;

  beforeAll(async () => {
    run = new LabRun();
    etcd = await startEtcd(run);
    journal = join(run.folder, 'journal');
    const [portA, portB] = (await freePorts(2)) as [number, number];
    ports = { 'site-a': portA, 'site-b': portB };
    const configFile = join(run.folder, 'sitewarden.yaml');
    writeFileSync(configFile, stringify(config()));
    const sitewarden = new Sitewarden(run, { TEMPORAL_CONFIG_FILE: join(run.folder, 'no-temporal.toml') });
    const sentinel = (site: Site) =>
      sitewarden.sentinel({ name: `sentinel-${site}`, configFile, pair: 'demo', site, port: ports[site] });
    sentinels = { 'site-a': sentinel('site-a'), 'site-b': sentinel('site-b') };
    await Promise.all(sites.map((site) => sentinels[site].start()));
  });
  afterAll(() => run?.close());

  function config() {
    const site = (name: Site) => ({
      name,
      loadBalancer: `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/${name}/0123456789abcdef`,
      infinispan: { url: `https://${name}.example:11222`, credentials: { secret: 'env:NOBODY_READS_THIS' } },
      workload: { exec: { stop: command(name, 'stop'), start: command(name, 'start') } },
      sentinel: {
        listen: `127.0.0.1:${ports[name]}`,
        network: { periodSeconds: 1, rounds: 1 },
        lock: { leaseSeconds: 10, stopSeconds: 2 },
      },
    });
    return {
      // Nobody listens there: the lock alone decides.
      temporal: { address: '127.0.0.1:9' },
      lock: { etcd: { endpoints: [etcd.url] } },
      sitePairs: [
        {
          name: 'demo',
          traffic: { globalAccelerator: { dnsName: 'demo.awsglobalaccelerator.com' } },
          replication: { infinispan: { caches: ['work'] } },
          sites: sites.map(site),
        },
      ],
    };
  }

  const command = (site: Site, action: 'stop' | 'start') => [process.execPath, app, journal, site, action];
  const entries = (): string[] => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []);

  /** Where it runs now; fails when it ever ran in both. */
  function runsIn(): Site | undefined {
    const running = new Set<string>();
    for (const entry of entries()) {
      const [site = '', what] = entry.split(' ');
      if (what === 'runs') running.add(site);
      else running.delete(site);
      if (running.size > 1) throw new Error(`it ran in both sites:\n${entries().join('\n')}`);
    }
    return [...running][0] as Site | undefined;
  }

  const untilRunsIn = (what: string, condition: (site: Site | undefined) => boolean) =>
    run.until(() => (condition(runsIn()) ? { site: runsIn() } : undefined), { what, withinSeconds });

  async function active(): Promise<{ one: Site; other: Site }> {
    const { site } = await untilRunsIn('the application to run', (running) => running !== undefined);
    return site === 'site-a' ? { one: 'site-a', other: 'site-b' } : { one: 'site-b', other: 'site-a' };
  }

  const lbCheck = async (site: Site): Promise<number> => {
    const answer = await request(`http://127.0.0.1:${ports[site]}/lb-check`, { signal: AbortSignal.timeout(2_000) });
    await answer.body.dump();
    return answer.statusCode;
  };
  const log = (site: Site): string => readFileSync(join(run.folder, 'logs', `sentinel-${site}.log`), 'utf8');

  it('let it run in one site, and say so at their health pages', async () => {
    const { one, other } = await active();

    await run.until(async () => (await lbCheck(one)) === 200, { what: `${one} up`, withinSeconds });
    expect(await lbCheck(other)).toBe(503);
    expect(log(other)).toContain('[sentinel] ');
  });

  it('one of them frozen for longer than its lease: its application is stopped before the other site starts', async () => {
    const { one, other } = await active();
    sentinels[one].freeze();
    await untilRunsIn(`${other} takes over`, (site) => site === other);
    sentinels[one].thaw();
    await run.until(() => log(one).includes('The lock is lost'), { what: 'word of it', withinSeconds });

    expect(log(one)).toContain('[sentinel] watchdog: the lease was not renewed; the application is being stopped.');
    await run.until(async () => (await lbCheck(one)) === 503, { what: `${one} down`, withinSeconds });
    expect(runsIn()).toBe(other);
  });

  it('one of them killed: its watchdog stops the application, and the other site takes over', async () => {
    const { one, other } = await active();
    await sentinels[one].kill();
    await untilRunsIn(`${other} takes over`, (site) => site === other);
    await sentinels[one].start();

    expect(log(one)).toContain('[sentinel] watchdog: the sentinel is gone; the application is being stopped.');
    expect(runsIn()).toBe(other);
  });

  it('etcd down: the application is stopped before the lease can end, and runs again in one site when etcd is back', async () => {
    await active();
    await etcd.server.kill();
    await untilRunsIn('a stop everywhere', (site) => site === undefined);
    await etcd.server.start();
    const { one, other } = await active();

    await run.until(async () => (await lbCheck(one)) === 200, { what: `${one} up`, withinSeconds });
    expect(await lbCheck(other)).toBe(503);
  });

  it('etcd restarted at once: nobody notices', async () => {
    const { one } = await active();
    const before = entries().length;
    await etcd.server.kill();
    await etcd.server.start();
    await run.until(async () => (await etcd.ctl('lock', 'sitewarden/other', 'true')) === '', {
      what: 'etcd to answer',
      withinSeconds,
    });

    expect(entries().slice(before)).toEqual([]);
    expect(runsIn()).toBe(one);
  });

  /** Here the other site may run before the first has noticed: what is promised is that it notices. */
  it('the lease taken away by an operator: stopped at the next renewal, and then again in one site', async () => {
    const { one } = await active();
    const before = entries().length;
    const key = (await etcd.ctl('get', '--prefix', '--keys-only', 'sitewarden/demo/active/')).trim();
    await etcd.ctl('lease', 'revoke', key.split('/').at(-1) ?? '');
    await run.until(() => entries().slice(before).includes(`${one} stopped`), { what: 'a stop', withinSeconds });
    const up = await run.until(
      async () => {
        const answers = await Promise.all(sites.map(lbCheck));
        const up = sites.filter((_site, index) => answers[index] === 200);
        return up.length === 1 ? up[0] : undefined;
      },
      { what: 'one site up', withinSeconds },
    );

    expect(log(one)).toContain('The lock is lost');
    writeFileSync(journal, `${up} runs\n`);
  });

  it('asked to end, stops the application and frees the lock at once', async () => {
    const { one, other } = await active();
    await sentinels[one].stop();
    await untilRunsIn(`${other} takes over`, (site) => site === other);

    expect(log(one)).toContain('Asked to end: the application of');
    await sentinels[one].start();
  });
});
