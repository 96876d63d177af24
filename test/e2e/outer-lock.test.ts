/**
 * The outer lock of a pair on real parts: a real etcd, other automation that takes the lock by etcd's own command, two Infinispan
 * sites, Temporal and the shipped worker; AWS is the stand-in.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startEtcd, type LabEtcd } from '../../lab/etcd';
import { differences, loadEntries } from '../../lab/entries';
import { labCaches } from '../../lab/infinispan';
import type { Restartable } from '../../lab/restartable';
import { labPair } from '../../lab/sitewarden-config';
import { tiers } from '../../lab/tiers';
import { readTools } from '../../lab/tools';
import { DisturbedLab } from '../support/disturbed-lab';
import type { FrontRequest } from '../support/infinispan-front';
import { WayBack } from '../support/way-back';

const lockName = `sitewarden/${labPair}/run`;
const clears = ({ path }: FrontRequest) => path.includes('action=clear') && !path.includes('x-site');
const starts = ({ path }: FrontRequest) => path.includes('action=start-push-state');

describe('the outer lock, on real parts', () => {
  let day: DisturbedLab;
  let etcd: LabEtcd;
  let worker: Restartable;
  let wayBack: WayBack;

  beforeAll(async () => {
    day = await DisturbedLab.start({ policy: { soakSeconds: 1, healthyWithinSeconds: 8 } });
    wayBack = new WayBack(day);
    etcd = await startEtcd(day.lab.run);
    await loadEntries(day.lab.infinispan.sites['site-a'].rest, { perCache: 50 });
    worker = await day.behindFronts('locked', day.lab.temporal.address, {
      change: (config) => {
        config.lock = { etcd: { endpoints: [etcd.url] } };
        config.sitePairs[0].outerLock = { leaseSeconds: 10 };
      },
    });
    await worker.start();
  });
  afterAll(() => day?.close());

  /** Other automation that works on the pair, as docs/sentinel.md says. */
  async function otherAutomation(): Promise<{ end(): Promise<void> }> {
    const { etcdctl } = readTools('etcdctl');
    const lock = spawn(etcdctl, ['--endpoints', etcd.url, 'lock', lockName], { stdio: ['ignore', 'pipe', 'ignore'] });
    day.lab.run.onClose(tiers.monitoring, async () => void lock.kill('SIGKILL'));
    await once(lock.stdout, 'data');
    return {
      end: async () => {
        lock.kill('SIGINT');
        await once(lock, 'exit');
      },
    };
  }

  /** As an operator who ends the lease: the lock is free for whoever comes next. */
  async function takeLockAway(): Promise<void> {
    const key = (await etcd.ctl('get', '--prefix', '--keys-only', `${lockName}/`)).trim();
    await etcd.ctl('lease', 'revoke', key.split('/').at(-1) ?? '');
  }

  /** @param since Of the incident's commands so many were refused before. */
  const untilRefused = (incident: string, type: string, since = 0) =>
    day.lab.until(
      () =>
        day
          .refusedBy('locked', incident)
          .slice(since)
          .some((line) => line.includes(type)),
      { what: `a command that ended with ${type}`, withinSeconds: 60 },
    );

  /** What the activities of the open run answered, as it stands in its history. */
  async function answersOfCommands(): Promise<string> {
    const { events } = await day.temporal.workflow.getHandle(day.workflowId).fetchHistory();
    const results = (events ?? []).flatMap(
      (event) => event.activityTaskCompletedEventAttributes?.result?.payloads ?? [],
    );
    return results.map(({ data }) => Buffer.from(data ?? []).toString('utf8')).join('\n');
  }

  const openIncident = async (): Promise<string> => (await day.untilRun('a run', () => true)).incident;

  it('held by other automation: nothing is sent; the fence follows when that has ended', async () => {
    const others = await otherAutomation();
    await day.cut();
    await day.alert('site-a');
    await untilRefused(await openIncident(), 'LockHeld');
    const meanwhile = { serving: day.endpointSites(), removals: day.callsSince(0, 'RemoveEndpoints') };
    await others.end();
    const fenced = await day.untilFenced();

    expect(meanwhile).toEqual({ serving: ['site-a', 'site-b'], removals: [] });
    expect(fenced.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(day.endpointSites()).toEqual(['site-a']);
    expect(await wayBack.backups('site-a')).toEqual(labCaches.map(() => 'offline'));
  });

  it('lost in the middle of a step: the step stops before its next effect, and is done when the lock is ours again', async () => {
    await day.lab.link.heal();
    const asked = await wayBack.untilAsked('synchronize');
    const front = day.fronts['site-a'];
    const incident = await openIncident();
    const since = day.refusedBy('locked', incident).length;
    const held = front.hold('beforeAnswering', starts);
    await wayBack.approve(asked);
    await held.reached;
    await takeLockAway();
    const others = await otherAutomation();
    held.release();
    await untilRefused(incident, 'LockLost', since);
    await untilRefused(incident, 'LockHeld', since);
    const pushed = front.requests.filter(starts).map(({ path }) => path);
    await others.end();
    await wayBack.approveUntil('the site synchronized', ({ phase }) => phase === 'synchronized', ['synchronize']);

    expect(pushed).toEqual([expect.stringContaining('/caches/')]);
    expect(new Set(front.requests.filter(starts).map(({ path }) => path)).size).toBe(labCaches.length);
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });

  it('its store down: a fence goes on and says so; what brings the site back waits until the store is there', async () => {
    await wayBack.toTheEnd();
    await etcd.server.kill();
    await day.cut();
    await day.alert('site-a');
    await day.untilFenced();
    const answers = await answersOfCommands();
    await day.lab.link.heal();
    const asked = await wayBack.untilAsked('synchronize');
    const incident = await openIncident();
    const before = day.fronts['site-b'].requests.length;
    await wayBack.approve(asked);
    await untilRefused(incident, 'LockUnavailable');
    const clearedMeanwhile = day.fronts['site-b'].requests.slice(before).filter(clears);
    await etcd.server.start();
    await wayBack.approveUntil('the site synchronized', ({ phase }) => phase === 'synchronized', ['synchronize']);

    expect(answers).toContain('without the outer lock: ');
    expect(day.endpointSites()).toEqual(['site-a']);
    expect(clearedMeanwhile).toEqual([]);
    expect(await differences(day.lab.infinispan)).toEqual([]);
  });
});
