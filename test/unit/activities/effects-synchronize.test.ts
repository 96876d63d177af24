import { effectOf } from '../../../activities/effects';
import type { Command } from '../../../domain/command';
import type { SitePair } from '../../../domain/site-pair';
import type { WorkloadGateway } from '../../../gateways/ports';
import { FakeWorld } from '../../support/fake-world';
import { pair as domainPair } from '../../support/observations';
import { failureOf } from '../../support/outcome';
import { anAttempt } from './an-attempt';

describe('the commands of the way back', () => {
  let world: FakeWorld;
  let pair: SitePair;

  beforeEach(() => {
    world = new FakeWorld({ groups: [{}, { region: 'us-east-1' }] });
    pair = { ...domainPair, caches: world.caches };
    world.removedByOthers('site-b');
    world.setBackup('site-a', 'offline');
    world.setBackup('site-b', 'offline');
  });

  const carryOut = (command: Command, attempt = anAttempt()): Promise<string> =>
    effectOf({ pair, configHash: 'cafe0000', gateways: world.gateways() }, command, attempt);
  const empty = async (startedBefore = 0): Promise<string> => {
    const keepSiteStartedAt = (await startOf('site-a')) - startedBefore;
    const where = { site: 'site-b', keepSite: 'site-a', keepSiteStartedAt };
    return carryOut({ kind: 'emptySite', ...where, caches: world.caches });
  };
  const startOf = (site: string): Promise<number> =>
    world.gateways().replication[site]!.readStartedAt(AbortSignal.timeout(5_000));
  const push = (caches = world.caches): Promise<string> =>
    carryOut({ kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches });
  const calls = (): string[] =>
    world.journal.map(({ call, where, cache }) => [call, where, cache].filter(Boolean).join(' '));
  const sizes = () => ({ a: world.sizes('site-a'), b: world.sizes('site-b') });
  const full = { actionTokens: 100, work: 100 };
  const none = { actionTokens: 0, work: 0 };

  it('empty a site: what it receives is ended first, then every cache is cleared, there only; and again', async () => {
    for (let times = 0; times < 2; times += 1) await empty();

    expect(sizes()).toEqual({ a: full, b: none });
    const once = ['cancelReceive site-b', 'clearCache site-b actionTokens', 'clearCache site-b work'];
    expect(calls()).toEqual([...once, ...once]);
  });

  it.each([0, 1])('empty nothing while the site is in endpoint group %d', async (index) => {
    world.accelerator.add(world.accelerator.groups()[index]!.arn, 'site-b');

    expect(await failureOf(empty())).toMatchObject({ type: 'SiteStillAdmitted', retryable: true });
    expect(calls()).toEqual([]);
  });

  it('empty nothing while the endpoint groups cannot be read, or while there are none', async () => {
    world.faults.fail('readGroups', 'TrafficUnreachable');
    expect((await failureOf(empty())).type).toBe('TrafficUnreachable');

    world = new FakeWorld({ groups: [] });
    world.setBackup('site-b', 'offline');
    expect((await failureOf(empty())).type).toBe('SiteStillAdmitted');
    expect(calls()).toEqual([]);
  });

  it('empty nothing when the kept site started anew since it was decided', async () => {
    expect(await failureOf(empty(4_000))).toMatchObject({ type: 'KeepSiteRestarted', retryable: true });
    expect(calls()).toEqual([]);
    expect(sizes()).toEqual({ a: full, b: full });
  });

  it('empty nothing while it cannot be read when the kept site started', async () => {
    const decided = empty();
    world.faults.fail('readStartedAt', 'InfinispanUnreachable');

    expect((await failureOf(decided)).type).toBe('InfinispanUnreachable');
    expect(calls()).toEqual([]);
  });

  it('clear no cache that would reach the kept site', async () => {
    world.setBackup('site-b', 'online', ['work']);

    expect(await failureOf(empty())).toMatchObject({ type: 'KeepSiteStillOnline', retryable: true });
    expect(world.sizes('site-a')).toEqual(full);
    expect(world.sizes('site-b')['work']).toBe(100);
  });

  it('clear nothing on a server of another site', async () => {
    world.answerAs('site-b', 'site-a');

    await failureOf(empty());

    expect(sizes()).toEqual({ a: full, b: full });
  });

  it('push every cache, after ending what the receiver may still be bound to', async () => {
    await empty();
    world.cache('site-b', 'work').receiving = true;

    await push();

    expect(sizes()).toEqual({ a: full, b: full });
    expect(world.backups('site-a')).toEqual({ actionTokens: 'online', work: 'online' });
    expect(world.backups('site-b')).toEqual({ actionTokens: 'offline', work: 'offline' });
  });

  it('start no push at all while one of them is being sent', async () => {
    world.pushes.hold();
    await push(['work']);
    const before = calls();

    expect(await failureOf(push())).toMatchObject({ type: 'PushUnderWay', retryable: true });
    expect(calls()).toEqual(before);
  });

  it('a push that cannot be started does not keep the others', async () => {
    world.faults.fail('startPush', 'InfinispanFailed');

    expect((await failureOf(push())).type).toBe('InfinispanFailed');
    expect(calls().filter((call) => call.startsWith('startPush'))).toEqual(['startPush site-a work']);
  });

  it('cancel a push, and cancel none', async () => {
    const cancel: Command = { kind: 'cancelPush', fromSite: 'site-a', toSite: 'site-b', caches: world.caches };
    world.pushes.hold();
    await push(['work']);

    for (let times = 0; times < 2; times += 1) await carryOut(cancel);

    expect(world.cache('site-a', 'work').push).toBe('CANCELED');
    expect(world.cache('site-a', 'actionTokens').push).toBe('IDLE');
  });

  it('bring a backup online, one way', async () => {
    await carryOut({ kind: 'bringBackupOnline', onSite: 'site-b', backupSite: 'site-a' });

    expect(world.backups('site-b')).toEqual({ actionTokens: 'online', work: 'online' });
    expect(world.backups('site-a')).toEqual({ actionTokens: 'offline', work: 'offline' });
  });

  it.each(['stopApplication', 'startApplication'] as const)(
    '%s asks a person where nothing is configured',
    async (kind) => {
      const attempt = anAttempt();

      expect(await failureOf(carryOut({ kind, site: 'site-b' }, attempt))).toMatchObject({
        type: 'WorkloadManual',
        retryable: false,
      });
      expect(attempt.sent()).toBe(0);
    },
  );

  it('stop and start the application of the site that is meant, by its own commands', async () => {
    const done: string[] = [];
    const workload = (site: string): WorkloadGateway => ({
      readState: async () => 'running',
      stop: async ({ commandId }) => `${site} stopped by ${commandId}` + String(done.push('stop')),
      start: async () => `${site} started` + String(done.push('start')),
    });
    world.workload = { 'site-a': workload('site-a'), 'site-b': workload('site-b') };

    expect(await carryOut({ kind: 'stopApplication', site: 'site-b' })).toContain('site-b stopped by incident-1/1/1');
    expect(await carryOut({ kind: 'startApplication', site: 'site-b' })).toContain('site-b started');
    expect(done).toEqual(['stop', 'start']);
  });

  it('start nothing that only a sentinel may start, since it holds the lock; stopping is always safe', async () => {
    const done: string[] = [];
    const workload: WorkloadGateway = {
      readState: async () => 'stopped',
      stop: async () => `stopped ${String(done.push('stop'))}`,
      start: async () => `started ${String(done.push('start'))}`,
    };
    world.workload = { 'site-b': workload };
    pair = { ...pair, activePassive: true };
    const attempt = anAttempt();

    expect(await failureOf(carryOut({ kind: 'startApplication', site: 'site-b' }, attempt))).toMatchObject({
      type: 'WorkloadManual',
      retryable: false,
      message: expect.stringContaining('holds the pair') as string,
    });
    expect(attempt.sent()).toBe(0);
    expect(await carryOut({ kind: 'stopApplication', site: 'site-b' })).toContain('stopped');
    expect(done).toEqual(['stop']);
  });

  it('a command between sites that are not this pair is a bug, and nothing is sent', async () => {
    await expect(carryOut({ kind: 'bringBackupOnline', onSite: 'site-a', backupSite: 'site-c' })).rejects.toThrow(
      'site-a does not back up to site-c',
    );
    expect(calls()).toEqual([]);
  });

  it('a comparison is told in one line where only that is wanted', async () => {
    const sites = { keepSite: 'site-a', staleSite: 'site-b' };

    expect(await carryOut({ kind: 'compareSites', ...sites, caches: world.caches, epoch: 1 })).toBe(
      'compared actionTokens, work',
    );
  });
});
