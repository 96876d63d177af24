import { until } from '../../../lab/until';
import { ASite } from '../../support/a-sentinel';
import { FakeLocks } from '../../support/fake-locks';
import { temporaryFolder } from '../../support/temporary-folder';

const eventually = (what: string, condition: () => boolean) =>
  until(condition, { what, withinSeconds: 10, everyMs: 5 });

const sites: ASite[] = [];
function aSite(...options: ConstructorParameters<typeof ASite>): ASite {
  const site = new ASite(...options).boot();
  sites.push(site);
  return site;
}
afterEach(() => sites.splice(0).forEach((site) => site.crash()));

async function isolated(site: ASite): Promise<void> {
  site.network = 'isolated';
  site.sentinel.wake();
  await eventually('a stop', () => !site.workload.running);
}

function back(site: ASite): void {
  site.network = 'connected';
  site.sentinel.wake();
}

/** Rounds go by: long enough that something would have happened. */
async function rounds(site: ASite): Promise<void> {
  const asked = site.asked;
  for (let round = 0; round < 5; round += 1) {
    site.elapsed += 6_000;
    site.sentinel.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await eventually('an answer', () => site.asked > asked);
}

describe('the sentinel of a site', () => {
  it('stops an isolated site, and starts it again when the network is back', async () => {
    const site = aSite();
    expect(site.sentinel.isUp()).toBe(true);
    await isolated(site);
    expect(site.sentinel.isUp()).toBe(false);
    back(site);
    await eventually('a start', () => site.workload.running && site.sentinel.isUp());

    expect(site.says()).toEqual(
      expect.arrayContaining([
        '[sentinel] site-b is stopped: its network is isolated.',
        '[sentinel] site-b is being started: its network is whole, and it is not fenced.',
        '[sentinel] site-b is started.',
      ]),
    );
  });

  it('tells the run what it did, in its order', async () => {
    const site = aSite();
    await isolated(site);
    back(site);
    await eventually('two notes', () => site.told.length === 2);

    expect(site.told.map(({ did }) => did)).toEqual(['SentinelStoppedSite', 'SentinelStartedSite']);
  });

  it('stays down when the site was fenced meanwhile, says so, and starts it once it is not any more', async () => {
    const site = aSite();
    await isolated(site);
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    back(site);
    await rounds(site);

    expect(site.workload.running).toBe(false);
    expect(site.says()).toContain('[sentinel] site-b stays down: the site is fenced: by incident demo-1.');
    expect(site.sentinel.status()).toMatchObject({ up: false, waitsFor: 'the site is fenced: by incident demo-1' });
    site.fence = { known: 'notFenced' };
    site.elapsed += 6_000;
    site.sentinel.wake();
    await eventually('a start', () => site.workload.running);
  });

  it('stays down when it cannot know whether the site was fenced', async () => {
    const site = aSite();
    site.run = 'unreachable';
    await isolated(site);
    site.fence = { known: 'nothing', says: 'Temporal does not answer' };
    back(site);
    await rounds(site);

    expect(site.workload.running).toBe(false);
    expect(site.says()).toContain(
      '[sentinel] site-b stays down: it cannot be known whether the site is fenced: Temporal does not answer.',
    );
  });

  it('forgets an answer from before an isolation: what was not fenced then may be now', async () => {
    const site = aSite();
    await isolated(site);
    site.network = 'unsettled';
    site.sentinel.wake();
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    back(site);
    await rounds(site);

    expect(site.workload.running).toBe(false);
  });

  it('forgets an answer from before an isolation that passed while the site was down already', async () => {
    const site = aSite();
    await isolated(site);
    let answered: () => void = () => undefined;
    site.answering = new Promise((resolve) => (answered = resolve));
    back(site);
    await eventually('a question', () => site.asked === 1);
    site.network = 'isolated';
    site.sentinel.wake();
    await eventually('word of it', () => site.sentinel.status().waitsFor === 'the network is isolated');
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    answered();
    back(site);
    await eventually('another question', () => site.asked === 2);
    await rounds(site);

    expect(site.workload.starts).toEqual([]);
  });

  it('asks again when an answer never comes', async () => {
    const site = aSite();
    await isolated(site);
    site.answering = new Promise(() => undefined);
    back(site);
    await eventually('a question', () => site.asked === 1);
    site.answering = Promise.resolve();
    site.elapsed += 16_000;
    site.sentinel.wake();

    await eventually('a start', () => site.workload.running);
    expect(site.asked).toBe(2);
  });

  it('does not use an answer that is old by the time it counts: the process was frozen', async () => {
    const site = aSite();
    await isolated(site);
    let answered: () => void = () => undefined;
    site.answering = new Promise((resolve) => (answered = resolve));
    back(site);
    await eventually('a question', () => site.asked === 1);
    site.elapsed += 600_000;
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    answered();
    await rounds(site);

    expect(site.workload.running).toBe(false);
  });

  it('stops what a failed stop left running, though the network is back, before it says that the site stays down', async () => {
    const site = aSite();
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    site.workload.fail('stop', 'WorkloadFailed');
    site.network = 'isolated';
    site.sentinel.wake();
    await eventually('a failure', () => site.says().some((said) => said.includes('could not be stopped')));
    back(site);

    await eventually('word of it', () => site.says().some((said) => said.includes('stays down')));
    expect(site.workload.running).toBe(false);
  });

  it('stops the site anew in another isolation: its run may have started it meanwhile', async () => {
    const site = aSite();
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    await isolated(site);
    back(site);
    await rounds(site);
    site.workload.running = true;

    await isolated(site);
    expect(site.workload.stops).toHaveLength(2);
  });

  it('tries a stop again until it succeeds', async () => {
    const site = aSite();
    site.workload.fail('stop', 'WorkloadFailed');
    await isolated(site);

    expect(site.says()).toContain('[sentinel] site-b could not be stopped; it is tried again.');
  });

  it('is right after a restart: it starts what it had stopped, and nothing else', async () => {
    const folder = temporaryFolder();
    const site = aSite({ folder });
    await isolated(site);
    site.crash();
    const restarted = new ASite({ folder });
    restarted.workload.running = false;
    sites.push(restarted.boot());
    await eventually('a start', () => restarted.workload.running);

    const other = new ASite();
    other.workload.running = false;
    sites.push(other.boot());
    other.sentinel.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(other.workload.starts).toEqual([]);
  });

  it('started isolated, stops the site as if it had watched it happen', async () => {
    const site = new ASite();
    site.network = 'isolated';
    sites.push(site.boot());

    await eventually('a stop', () => !site.workload.running);
    expect(site.sentinel.isUp()).toBe(false);
  });

  it('leaves the site as it is when it is asked to end', async () => {
    const site = aSite();
    await site.sentinel.close();

    expect(site.workload.stops).toEqual([]);
  });
});

describe('the sentinel of a site with a lock', () => {
  const clock = { now: 0 };
  const store = () => new FakeLocks(() => clock.now);

  it('stops what runs before it has the lock, then takes it and starts', async () => {
    const site = aSite({ locks: store() });
    await eventually('a start', () => site.workload.stops.length === 1 && site.sentinel.isUp());

    expect(site.watchdog.armedMs).toHaveLength(1);
    expect(site.says().join()).toMatch(/site-b is stopped.*holds the lock, with token 1.*site-b is started/);
  });

  it('lets one of two run, and the other when the first has ended', async () => {
    const locks = store();
    const first = aSite({ locks, name: 'site-a' });
    await eventually('site-a', () => first.sentinel.isUp());
    const second = aSite({ locks, name: 'site-b' });
    await eventually('site-b waits', () => second.says().some((line) => line.includes('the lock is held by site-a')));
    expect(second.sentinel.isUp()).toBe(false);
    await first.sentinel.close();
    expect(first.sentinel.isUp()).toBe(false);
    expect(first.workload.running).toBe(false);

    second.sentinel.wake();
    await eventually('site-b', () => second.sentinel.isUp());
  });

  it('stops at once when the lock is taken away in the middle', async () => {
    const locks = store();
    const site = aSite({ locks });
    await eventually('a start', () => site.sentinel.isUp());
    locks.revoke('sitewarden/demo/active');
    locks.isDown = true;
    site.keeper?.giveUp('as the test asked');

    await eventually('a second stop', () => site.workload.stops.length === 2);
    expect(site.watchdog.disarmed).toBeGreaterThan(0);
  });

  it('stops before the lease can end while the store is down, and not before it has to', async () => {
    const locks = store();
    const site = aSite({ locks });
    await eventually('a start', () => site.sentinel.isUp());
    locks.isDown = true;
    site.elapsed += 3_400;
    site.sentinel.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(site.sentinel.isUp()).toBe(true);

    site.elapsed += 200;
    site.sentinel.wake();
    await eventually('a stop', () => site.workload.stops.length === 2);
  });

  it('keeps the lock to itself as long as its stop fails', async () => {
    const locks = store();
    const site = aSite({ locks });
    await eventually('a start', () => site.sentinel.isUp());
    for (let times = 0; times < 3; times += 1) site.workload.fail('stop', 'WorkloadFailed');
    const freed: boolean[] = [];
    const release = locks.release.bind(locks);
    locks.release = async (lease, signal) => {
      freed.push(site.workload.running);
      await release(lease, signal);
    };
    await isolated(site);

    await eventually('a free lock', () => freed.length === 1);
    expect(freed).toEqual([false]);
    expect(site.says().filter((line) => line.includes('could not be stopped'))).toHaveLength(3);
  });

  it('stops when the clock jumps ahead, as after a sleep of the machine', async () => {
    const site = aSite({ locks: store() });
    await eventually('a start', () => site.sentinel.isUp());
    site.elapsed += 3_600_000;
    expect(site.sentinel.isUp()).toBe(false);
    site.sentinel.wake();

    await eventually('a stop', () => site.workload.stops.length === 2);
  });

  it('starts nothing without a watchdog', async () => {
    const site = new ASite({ locks: store() });
    site.watchdog.answers = false;
    sites.push(site.boot());
    await eventually('word of it', () => site.says().some((line) => line.includes('its watchdog could not be set')));

    expect(site.workload.starts).toEqual([]);
  });

  it('leaves the lock to the other site while its own is fenced', async () => {
    const locks = store();
    const site = new ASite({ locks });
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    sites.push(site.boot());
    await eventually('word of it', () => site.says().some((line) => line.includes('stays down: the site is fenced')));

    await eventually('a free lock', () => locks.holder('sitewarden/demo/active') === undefined);
    expect(site.workload.starts).toEqual([]);
  });

  it('goes by the lock alone while Temporal is away', async () => {
    const site = new ASite({ locks: store() });
    site.fence = { known: 'nothing', says: 'Temporal does not answer' };
    sites.push(site.boot());

    await eventually('a start', () => site.sentinel.isUp());
    expect(site.workload.running).toBe(true);
    expect(site.says()).toContain(
      '[sentinel] site-b is being started: its network is whole, and it holds the lock; whether it is fenced cannot be known.',
    );
  });

  it('does not start a site of which it has read that it is fenced, although Temporal goes away and it is restarted', async () => {
    const [locks, folder] = [store(), temporaryFolder()];
    const site = new ASite({ locks, folder });
    site.fence = { known: 'fenced', says: 'by incident demo-1' };
    sites.push(site.boot());
    await eventually('word of it', () => site.says().some((line) => line.includes('stays down: the site is fenced')));
    await eventually('a free lock', () => locks.holder('sitewarden/demo/active') === undefined);
    site.crash();

    const restarted = new ASite({ locks, folder });
    restarted.fence = { known: 'nothing', says: 'Temporal does not answer' };
    sites.push(restarted.boot());
    await eventually('word of it', () =>
      restarted.says().some((line) => line.includes('stays down: it cannot be known whether the site is fenced')),
    );
    expect(restarted.workload.starts).toEqual([]);

    restarted.fence = { known: 'notFenced' };
    await rounds(restarted);
    restarted.elapsed += 6_000;
    restarted.sentinel.wake();
    await eventually('a start', () => restarted.sentinel.isUp());
  });

  it('takes the lock anew when it was lost before anything was started under it', async () => {
    const site = new ASite({ locks: store() });
    site.answering = new Promise(() => undefined);
    sites.push(site.boot());
    await eventually('a question', () => site.asked === 1);
    site.keeper?.giveUp('its lease could not be renewed in time');
    site.answering = Promise.resolve();
    site.sentinel.wake();

    await eventually('a start', () => site.sentinel.isUp());
    expect(site.says().join()).toMatch(/with token 1.*with token 2.*site-b is started/);
  });

  it('leaves the lock to the other site when its own cannot be started', async () => {
    const locks = store();
    const broken = new ASite({ locks, name: 'site-a' });
    for (let times = 0; times < 100; times += 1) broken.workload.fail('start', 'WorkloadFailed');
    sites.push(broken.boot());
    await eventually('a failed start', () => broken.says().some((line) => line.includes('could not be started')));
    const other = aSite({ locks, name: 'site-b' });

    await eventually('site-b', () => other.sentinel.isUp());
    expect(broken.says().join()).toMatch(
      /site-a is being stopped: its start failed.*site-a is stopped: its start failed/,
    );
    expect(broken.workload.running).toBe(false);
    expect(broken.sentinel.status().waitsFor).toBe('the lock is left to the other site for a moment');
  });

  it('frees the lock when it is asked to end before anything was started under it', async () => {
    const locks = store();
    const site = new ASite({ locks });
    site.answering = new Promise(() => undefined);
    sites.push(site.boot());
    await eventually('a question', () => site.asked === 1);
    await site.sentinel.close();

    expect(locks.holder('sitewarden/demo/active')).toBeUndefined();
  });
});
