/** A mistake in the workflow's own code, on a real Temporal server: the run waits for the deployment that mends it. */
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { until } from '../../lab/until';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('site pair run: a mistake in the workflow code', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal({ startWorkers: false, mute: true });
  });
  afterAll(() => temporal?.stop());

  function mistakenCode() {
    return bundleWorkflowCode({
      workflowsPath: require.resolve('../../workflows'),
      payloadConverterPath: require.resolve('../../workflows/contract/payload-converter'),
      workflowInterceptorModules: [require.resolve('../support/mistaken-workflow')],
      logger: new DefaultLogger('WARN'),
    });
  }

  it('a plain throw in the middle of a fence parks the run, and it is finished after a deployment', async () => {
    const sites = new TwoSites(temporal, { name: 'parked' });
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    const mistaken = await temporal.moreWorkers(await mistakenCode());
    sites.world.cut();

    await sites.alert('site-a');
    const parked = await until(
      async () => {
        const described = await handle.describe();
        return (described.raw.pendingWorkflowTask?.attempt ?? 0) > 1 ? described : undefined;
      },
      { what: 'a workflow task that failed', withinSeconds: 60 },
    );
    const whileParked = sites.world.journal.map(({ call }) => call);
    await mistaken.stop();
    await temporal.moreWorkers();
    const status = await sites.untilFenced();

    expect(parked.status.name).toBe('RUNNING');
    expect(whileParked).toEqual(['removeEndpoint']);
    expect(status.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(sites.world.journal.map(({ call }) => call)).toEqual(['removeEndpoint', 'takeBackupOffline']);
    const result = await sites.abort();
    expect(result.outcome).toBe('aborted');
    expect(result.timeline.map(({ what }) => what)).toContainEqual(
      expect.stringContaining('read offline for 2 caches'),
    );
  });
});
