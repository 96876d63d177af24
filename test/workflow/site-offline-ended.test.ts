/** A planned site-offline that is ended in the middle; on a real Temporal server over fake sites. */
import { gatePolicies } from '../support/gate-policies';
import { ReturningSites } from '../support/returning-sites';
import { startTemporal, type RunningTemporal } from '../support/temporal';

const replicating = 'replication site-a -> site-b is online; replication site-b -> site-a is online.';

describe('site pair run: a planned site-offline that is ended in the middle', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** A whole pair, one site of which somebody asked to take out. */
  async function asked(): Promise<ReturningSites> {
    pairs += 1;
    const gates = gatePolicies({ siteOffline: { approvals: 1 } });
    const sites = new ReturningSites(temporal, { name: `offline-${pairs}`, policy: { gates, soakSeconds: 0 } });
    await sites.ask('siteOffline', 'site-b');
    await sites.askedAt('siteOffline');
    return sites;
  }

  const abort = (sites: ReturningSites) => sites.decide('abort', 'a test');
  const cancel = ({ workflowId }: ReturningSites) => temporal.env.client.workflow.getHandle(workflowId).cancel();

  it.each([
    ['aborted', abort],
    ['cancelled in Temporal', cancel],
  ])('%s at its gate: nothing was touched, and it can be asked for again', async (_how, end) => {
    const sites = await asked();

    await end(sites);
    const { outcome, report } = await sites.result();
    const touched = sites.world.journal.length;
    await sites.ask('siteOffline', 'site-b');
    await sites.approveAt('siteOffline');
    const again = await sites.result();

    expect([outcome, touched]).toEqual(['aborted', 0]);
    expect(report).toContain(`site-a is in traffic; site-b is in traffic; ${replicating}`);
    expect(again.outcome).toBe('siteOffline');
    expect(sites.world.endpointSites()).toEqual(['site-a']);
  });

  it.each([
    ['before it took effect', false, 'in', ['site-a', 'site-b']],
    ['after it took effect', true, 'out of', ['site-a']],
  ] as const)(
    'aborted while the removal is under way, %s: the report says where the site is, and the next run starts there',
    async (_when, afterApplying, where, left) => {
      const sites = await asked();
      const removal = sites.world.faults.hang('removeEndpoint', { afterApplying });
      await sites.approveAt('siteOffline');
      await removal.reached;

      await abort(sites);
      const { outcome, report } = await sites.result();
      const serving = sites.world.endpointSites();
      removal.release();
      sites.world.faults.clear();
      await sites.ask(afterApplying ? 'siteOnline' : 'siteOffline', 'site-b');
      await sites.approveAt(afterApplying ? 'siteOnline' : 'siteOffline');
      const next = await sites.result();

      expect(outcome).toBe('aborted');
      expect(report).toContain(`site-a is in traffic; site-b is ${where} traffic; ${replicating}`);
      expect(serving).toEqual(left);
      expect(next.outcome).toBe(afterApplying ? 'siteOnline' : 'siteOffline');
      expect(sites.areWhole).toBe(afterApplying);
    },
  );
});
