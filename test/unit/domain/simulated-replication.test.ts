/** The simulated replication does what real servers were measured to do; the properties rest on it. */
import { caches, SimulatedReplication } from '../../support/simulated-replication';

const cut = { siteASees: false, siteBSees: false };
const whole = { siteASees: true, siteBSees: true };

function simulated() {
  let now = 0;
  const replication = new SimulatedReplication(() => now);
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      now += 1_000;
      replication.pushOn();
    }
  };
  const pushes = () => caches.map((cache) => replication.cacheOf('site-a', cache).push);
  const backups = () => caches.map((cache) => replication.cacheOf('site-a', cache).backup);
  return { replication, pass, pushes, backups };
}

describe('simulated replication', () => {
  it('writes to both sites, and refuses a write that cannot reach the other one', () => {
    const { replication } = simulated();

    expect(replication.write('site-a')).toBe('accepted');
    expect(replication.areEqual).toBe(true);
    replication.connect(cut);
    expect(replication.write('site-a')).toBe('refused');
    expect(replication.areEqual).toBe(true);
  });

  it('delivers a refused write after the heal, even when both sites were detached meanwhile', () => {
    const { replication } = simulated();
    replication.connect(cut);
    replication.write('site-a');
    replication.setBackups('site-a', 'offline', 'sitewarden');
    replication.setBackups('site-b', 'offline', 'sitewarden');

    replication.connect(whole);

    expect(replication.areEqual).toBe(false);
  });

  it('forgets what the link held for longer than four minutes', () => {
    const { replication, pass } = simulated();
    replication.connect(cut);
    replication.write('site-a');
    pass(241);

    replication.connect(whole);

    expect(replication.areEqual).toBe(true);
  });

  it('comes back from a restart empty, attached, and with its counter of stores at zero', () => {
    const { replication, backups } = simulated();
    replication.setBackups('site-a', 'offline', 'sitewarden');
    replication.write('site-a');

    replication.restart('site-a');

    expect(backups()).toEqual(['online', 'online']);
    const { size, stores } = replication.cacheOf('site-a', 'sessions').contents;
    expect([size, stores]).toEqual([0, 0]);
  });

  it('a push attaches at once, overwrites, and deletes nothing', () => {
    const { replication, pass, pushes, backups } = simulated();
    replication.setBackups('site-a', 'offline', 'sitewarden');
    replication.setBackups('site-b', 'offline', 'sitewarden');
    replication.cacheOf('site-b', 'sessions').contents.write('onlyStale', 'stale');
    replication.cacheOf('site-b', 'sessions').contents.write('k0', 'stale');

    expect(replication.startPush('site-a', caches)).toBeUndefined();
    expect(backups()).toEqual(['online', 'online']);
    expect(pushes()).toEqual(['SENDING', 'SENDING']);
    pass(3);

    expect(pushes()).toEqual(['OK', 'OK']);
    const stale = replication.cacheOf('site-b', 'sessions').contents;
    expect([stale.read('k0'), stale.read('onlyStale')]).toEqual(['v', 'stale']);
  });

  it('a push leaves alone what was written to the receiver since it began', () => {
    const { replication, pass } = simulated();
    replication.setBackups('site-b', 'offline', 'sitewarden');
    replication.startPush('site-a', caches);

    replication.write('site-b');
    pass(3);

    expect(replication.areEqual).toBe(false);
  });

  it('a push that is detached meanwhile ends OK, with values missing', () => {
    const { replication, pass, pushes } = simulated();
    replication.empty('site-b', caches);
    replication.startPush('site-a', caches);
    pass(2);
    replication.setBackups('site-a', 'offline', 'somebodyElse');
    replication.write('site-a');

    pass(2);

    expect(pushes()).toEqual(['OK', 'OK']);
    expect(replication.areEqual).toBe(false);
  });

  it('a push over a broken link attaches, and says SENDING until it is cancelled', () => {
    const { replication, pass, pushes, backups } = simulated();
    replication.setBackups('site-a', 'offline', 'sitewarden');
    replication.connect(cut);

    expect(replication.startPush('site-a', caches)).toBe('InfinispanFailed');
    pass(60);

    expect(backups()).toEqual(['online', 'online']);
    expect(pushes()).toEqual(['SENDING', 'SENDING']);
    replication.cancelPush('site-a', caches);
    expect(pushes()).toEqual(['CANCELED', 'CANCELED']);
  });

  it('a push whose link breaks ends in ERROR, stays attached, and can start anew only once the receiver was freed', () => {
    const { replication, pass, pushes, backups } = simulated();
    replication.startPush('site-a', caches);
    replication.connect(cut);
    pass(6);

    expect(pushes()).toEqual(['ERROR', 'ERROR']);
    expect(backups()).toEqual(['online', 'online']);
    replication.connect(whole);
    expect(replication.startPush('site-a', caches)).toBe('PushUnderWay');
    replication.cancelPush('site-a', caches);
    replication.empty('site-b', caches);
    expect(replication.startPush('site-a', caches)).toBeUndefined();
  });

  it('refuses a second push while one is sending, and the first one ends OK', () => {
    const { replication, pass, pushes } = simulated();
    replication.startPush('site-a', caches);

    expect(replication.startPush('site-a', caches)).toBe('PushUnderWay');
    pass(3);

    expect(pushes()).toEqual(['OK', 'OK']);
  });
});
