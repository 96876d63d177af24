/** Waits: those that nobody wants to sit out, on the server that skips time; and those that must not depend on one queue. */
import { Context } from '@temporalio/activity';
import { until } from '../../lab/until';
import { taskQueues } from '../../workflows/contract/task-queues';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('site pair run: waiting', () => {
  let temporal: RunningTemporal;
  afterEach(() => temporal?.stop());

  it('an abort ends a run that cannot be looked at, and says that the state is unknown', async () => {
    temporal = await startTemporal({ skipTime: true });
    const sites = new TwoSites(temporal, { name: 'unseen' });
    await sites.fence('site-b');
    await sites.untilFenced();
    temporal.sitePairs.delete('unseen');

    const result = await sites.abort();

    expect(result.outcome).toBe('aborted');
    expect(result.report).toContain('the state of both sites is unknown');
  });

  it("nobody polls the watch's queue: what somebody puts back is seen on the main one, and removed", async () => {
    temporal = await startTemporal();
    const sites = new TwoSites(temporal, { name: 'unpolled' });
    sites.world.cut();
    await sites.alert('site-a');
    await sites.runUntil('guarding', ({ next }) => next?.kind === 'wait' && next.for.startsWith('the link'));

    await temporal.stopPolling(taskQueues(temporal.taskQueue).watch);
    sites.world.addedByOthers('site-b');
    await until(() => sites.calls('removeEndpoint').length === 2, { what: 'removed again', withinSeconds: 60 });

    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
  });

  it('a watch that never answers holds up no protective retry: the run has a timer of its own', async () => {
    const silent = (): Promise<never> => Context.current().cancelled;
    temporal = await startTemporal({ activities: { watch: silent } });
    const sites = new TwoSites(temporal, { name: 'unwatched' });
    sites.world.cut();
    sites.world.faults.fail('takeBackupOffline', 'InfinispanFailed', { times: 2 });

    await sites.alert('site-a');
    const status = await sites.untilFenced();

    expect(status.roles?.keepSite).toBe('site-a');
    expect(sites.calls('takeBackupOffline')).toHaveLength(1);
    await sites.abort();
  });
});
