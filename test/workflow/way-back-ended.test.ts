/**
 * A way back that a person ends in the middle, at every gate and step: the result says what is left, and the next run starts
 * from what is really there. On a real Temporal server over fake sites.
 */
import type { Phase } from '../../domain/state';
import { FakeWorkload } from '../support/fake-workload';
import { ReturningSites } from '../support/returning-sites';
import { startTemporal, type RunningTemporal } from '../support/temporal';

const nobody = 'Nobody guards this pair any more. ';
const isOut = 'site-a is in traffic; site-b is out of traffic; ';
const bothServe = 'site-a is in traffic; site-b is in traffic; ';
const attached = 'replication site-a -> site-b is online; replication site-b -> site-a is online.';
const detached =
  'replication site-a -> site-b is offline for 2 of 2 caches; replication site-b -> site-a is offline for 2 of 2 caches.';
const detachedState = `${nobody}${isOut}${detached}`;
const synchronizedState = `${nobody}${isOut}${attached}`;
const servingState = `${nobody}${bothServe}${attached}`;

interface Stop {
  at: string;
  phase: Phase;
  /** Brings the run there. What it returns lets go on what was held up. */
  reach(sites: ReturningSites): Promise<() => void>;
  leaves: string;
  /** What people ask of the next run there, and what comes of it. */
  next: 'synchronize' | 'siteOnline' | 'protect';
  soakSeconds?: number;
}

const nothing = (): void => undefined;

/** Holds the first of these calls up, in a synchronize that is approved. */
async function inSynchronize(
  sites: ReturningSites,
  call: 'clearCache' | 'startPush' | 'readEntryDigests' | 'bringBackupOnline',
): Promise<() => void> {
  await sites.askedAt('synchronize');
  const hanging = sites.world.faults.hang(call);
  await sites.approveAt('synchronize');
  await hanging.reached;
  return () => hanging.release();
}

/** Holds the first of these calls up, in a return that is approved. */
async function inReturn(sites: ReturningSites, call: 'readEntryDigests' | 'addEndpoint'): Promise<() => void> {
  await sites.approveAt('synchronize');
  await sites.askedAt('siteOnline');
  const hanging = sites.world.faults.hang(call);
  await sites.approveAt('siteOnline');
  await hanging.reached;
  return () => hanging.release();
}

const gateSynchronize: Stop = {
  at: 'the gate synchronize',
  phase: 'fenced',
  reach: (sites) => sites.askedAt('synchronize').then(() => nothing),
  leaves: detachedState,
  next: 'synchronize',
};
const pushing: Stop = {
  at: 'the wait for the push',
  phase: 'pushing',
  async reach(sites) {
    sites.world.pushes.hold();
    await sites.approveAt('synchronize');
    await sites.runUntil('waits for the push', ({ waitingFor }) => waitingFor?.startsWith('the push of') === true);
    return () => sites.world.pushes.release();
  },
  leaves: detachedState,
  next: 'synchronize',
};
const comparing: Stop = {
  at: 'the comparison after the push',
  phase: 'comparing',
  reach: (sites) => inSynchronize(sites, 'readEntryDigests'),
  leaves: detachedState,
  next: 'synchronize',
};
const starting: Stop = {
  at: 'the start of the application',
  phase: 'reattaching',
  async reach(sites) {
    const application = sites.world.workload['site-b'] as FakeWorkload;
    await sites.askedAt('synchronize');
    for (let tries = 0; tries < 4; tries += 1) application.fail('start', 'WorkloadFailed');
    await sites.approveAt('synchronize');
    await sites.runUntil('waits for another start', ({ waitingFor }) => /WorkloadFailed/.test(waitingFor ?? ''));
    return nothing;
  },
  leaves: synchronizedState,
  next: 'siteOnline',
};
const gateSiteOnline: Stop = {
  at: 'the gate siteOnline',
  phase: 'synchronized',
  async reach(sites) {
    await sites.approveAt('synchronize');
    await sites.askedAt('siteOnline');
    return nothing;
  },
  leaves: synchronizedState,
  next: 'siteOnline',
};
const healthy: Stop = {
  at: 'the wait for a healthy endpoint',
  phase: 'admitting',
  async reach(sites) {
    await sites.approveAt('synchronize');
    await sites.askedAt('siteOnline');
    sites.world.setHealth('site-b', 'INITIAL');
    await sites.approveAt('siteOnline');
    await sites.runUntil('waits for its health', ({ waitingFor }) => /to be healthy/.test(waitingFor ?? ''));
    return () => sites.world.setHealth('site-b', undefined);
  },
  leaves: servingState,
  next: 'protect',
};
const soaking: Stop = {
  at: 'the soak',
  phase: 'soaking',
  async reach(sites) {
    await sites.approveAt('synchronize');
    await sites.approveAt('siteOnline');
    await sites.reached('soaking');
    return nothing;
  },
  leaves: servingState,
  next: 'protect',
  soakSeconds: 600,
};
const waits = [gateSynchronize, pushing, comparing, starting, gateSiteOnline, healthy, soaking];
const steps: readonly Stop[] = [
  {
    at: 'the clear',
    phase: 'clearing',
    reach: (sites) => inSynchronize(sites, 'clearCache'),
    leaves: detachedState,
    next: 'synchronize',
  },
  {
    at: 'the start of the push',
    phase: 'pushing',
    reach: (sites) => inSynchronize(sites, 'startPush'),
    leaves: detachedState,
    next: 'synchronize',
  },
  {
    at: 'the return of the replication',
    phase: 'reattaching',
    reach: (sites) => inSynchronize(sites, 'bringBackupOnline'),
    leaves: detachedState,
    next: 'synchronize',
  },
  {
    at: 'the comparison before the admission',
    phase: 'admitting',
    reach: (sites) => inReturn(sites, 'readEntryDigests'),
    leaves: synchronizedState,
    next: 'siteOnline',
  },
  {
    at: 'the addition of the endpoint',
    phase: 'admitting',
    reach: (sites) => inReturn(sites, 'addEndpoint'),
    leaves: synchronizedState,
    next: 'siteOnline',
  },
];

describe('site pair run: a way back that is ended in the middle', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** Ends a run where it stands, and has the next one go on from there. */
  async function ended(stop: Stop, end: (sites: ReturningSites) => Promise<unknown>) {
    pairs += 1;
    const sites = new ReturningSites(temporal, {
      name: `ended-${pairs}`,
      policy: { soakSeconds: stop.soakSeconds ?? 0, healthyWithinSeconds: 600 },
      workloads: { 'site-a': 'none', 'site-b': 'exec' },
      workload: { 'site-b': new FakeWorkload() },
    });
    await sites.fenceAfterSplit();
    sites.world.put('site-a', 'work', 'written by the survivor', 'kept');
    sites.world.heal();
    const letGoOn = await stop.reach(sites);
    const { phase } = await sites.runUntil(stop.at, (status) => status.phase === stop.phase);
    await end(sites);
    const { outcome, report } = await sites.result();
    const keptSiteWrites = sites.world.write('site-a', 'work');
    letGoOn();
    sites.world.faults.clear();
    const next = await outcomeOfNext(sites, stop.next);

    const survivors = Object.hasOwn(sites.world.entries('site-b', 'work'), 'written by the survivor');
    return { phase, outcome, report, keptSiteWrites, next, whole: sites.areWhole, survivors };
  }

  function leaving({ phase, leaves: report, next }: Stop) {
    const outcome = next === 'protect' ? 'nothingToDo' : 'siteOnline';
    return { phase, outcome: 'aborted', report, keptSiteWrites: true, next: outcome, whole: true, survivors: true };
  }

  async function outcomeOfNext(sites: ReturningSites, goal: Stop['next']): Promise<string> {
    if (goal === 'protect') await sites.alert('site-a');
    else await sites.ask(goal, 'site-b');
    if (goal === 'synchronize') await sites.approveAt('synchronize');
    if (goal !== 'protect') await sites.approveAt('siteOnline');
    return (await sites.result()).outcome;
  }

  const abort = (sites: ReturningSites) => sites.decide('abort', 'a test');
  const cancel = ({ workflowId }: ReturningSites) => temporal.env.client.workflow.getHandle(workflowId).cancel();

  it.each([...steps, ...waits])(
    'an abort during $at leaves a described, safe state, and the next run goes on from it',
    async (stop) => expect(await ended(stop, abort)).toEqual(leaving(stop)),
  );

  it.each(waits)('a cancellation in Temporal during $at is such an abort', async (stop) =>
    expect(await ended(stop, cancel)).toEqual(leaving(stop)),
  );
});
