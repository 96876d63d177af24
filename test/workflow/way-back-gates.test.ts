/** What people decide on the way back of a fenced site; on a real Temporal server over fake sites. */
import type { Question } from '../../domain/next';
import type { Gate } from '../../domain/site-pair';
import { approveSignal } from '../../workflows/contract/messages';
import { FakeWorkload } from '../support/fake-workload';
import { gatePolicies } from '../support/gate-policies';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('site pair run: gates on the way back', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** A fenced pair whose link is whole again, and whose stale site holds what only it has. */
  async function healed(gates = gatePolicies()): Promise<TwoSites> {
    pairs += 1;
    const sites = new TwoSites(temporal, {
      name: `way-back-${pairs}`,
      policy: { gates },
      workloads: { 'site-a': 'none', 'site-b': 'exec' },
      workload: { 'site-b': new FakeWorkload() },
    });
    sites.world.cut();
    const detach = sites.world.faults.hang('takeBackupOffline');
    await sites.alert('site-a');
    await detach.reached;
    // As after the drain: what the stale site still accepts stays there.
    sites.world.setBackup('site-b', 'offline');
    sites.world.put('site-b', 'work', 'only on site-b', 'lost');
    sites.world.put('site-b', 'work', 'also only on site-b', 'lost');
    detach.release();
    await sites.untilFenced();
    sites.world.put('site-a', 'work', 'written by the survivor', 'kept');
    sites.world.heal();
    return sites;
  }

  async function asked(sites: TwoSites, gate: Gate, condition = (_question: Question) => true): Promise<Question> {
    const { next } = await sites.runUntil(
      `asks at ${gate}`,
      ({ next: one }) => one?.kind === 'ask' && one.gate === gate && condition(one),
    );
    return next as Question;
  }

  it('an approval allows what was shown; one that allows less is refused with both numbers, and nothing is emptied', async () => {
    const sites = await healed();
    const { plan, discards, signal } = await asked(sites, 'synchronize');
    const approval = { gate: 'synchronize', plan, reason: 'a test' };

    const fewer = await sites.answer('approve', { ...approval, discardAtMost: 1 });
    const before = sites.world.entries('site-b', 'work');
    const taken = await sites.answer('approve', approval);
    const { decisions } = await sites.runUntil('synchronized', ({ phase }) => phase === 'synchronized');

    expect([discards, signal]).toEqual([
      2,
      JSON.stringify({ gate: 'synchronize', plan, discardAtMost: 2, reason: '...' }),
    ]);
    expect(fewer.refusal).toEqual({
      code: 'DiscardExceeded',
      message: `site-b now holds 2 entries to discard; you allowed 1. Read the plan again (sitewarden status ${sites.pair.name}).`,
    });
    expect(before).toHaveProperty('only on site-b');
    expect(taken.outcome).toBe('taken');
    expect(decisions.map(({ discardAtMost }) => discardAtMost)).toEqual([1, 2]);
    expect(sites.world.entries('site-b', 'work')).toEqual(sites.world.entries('site-a', 'work'));
    expect(sites.world.entries('site-b', 'work')).toHaveProperty('written by the survivor');
    await sites.abort();
  });

  it('the first of two approvals counts no more once the stale site holds more than it allowed', async () => {
    const sites = await healed(gatePolicies({ synchronize: { approvals: 2 } }));
    const { plan } = await asked(sites, 'synchronize');
    const approval = { gate: 'synchronize', plan, how: 'api', reason: 'a test' } as const;

    await sites.answer('approve', { ...approval, by: 'alice' });
    await asked(sites, 'synchronize', ({ approvals }) => approvals?.by.length === 1);
    sites.world.put('site-b', 'work', 'written late', 'lost');
    const overtaken = await asked(sites, 'synchronize', ({ discards }) => discards === 3);
    await sites.answer('approve', { ...approval, by: 'bob' });
    const halfway = await asked(sites, 'synchronize', ({ approvals }) => approvals?.by[0] === 'bob');
    const again = await sites.answer('approve', { ...approval, by: 'alice' });
    await sites.runUntil('synchronized', ({ phase }) => phase === 'synchronized');

    expect(overtaken.question).toContain('alice allowed 2 entries to be discarded; by now it is more.');
    expect(overtaken.plan).toBe(plan);
    expect(halfway.approvals).toMatchObject({ needed: 2, by: ['bob'] });
    expect(again.outcome).toBe('taken');
    await sites.abort();
  });

  it('both gates are passed by signals as the Temporal UI sends them, and both sites serve again', async () => {
    const sites = await healed();
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    for (const gate of ['synchronize', 'siteOnline'] as const) {
      const { signal = '' } = await asked(sites, gate);
      await handle.signal(approveSignal, JSON.parse(signal) as object);
    }

    const { outcome, decisions } = await sites.result();

    expect(outcome).toBe('siteOnline');
    expect(decisions?.map(({ gate, how, refused }) => `${gate} ${how} ${refused?.code}`)).toEqual([
      'synchronize temporal-ui undefined',
      'siteOnline temporal-ui undefined',
    ]);
    expect(sites.world.endpointSites()).toEqual(['site-a', 'site-b']);
  });

  it('an approval at a gate that was passed is answered with who was first; the plan of one gate is none of another', async () => {
    const sites = await healed();
    const { plan } = await asked(sites, 'synchronize');
    const approval = { gate: 'synchronize', plan, how: 'api', reason: 'a test' } as const;
    await sites.answer('approve', { ...approval, by: 'alice' });
    await asked(sites, 'siteOnline');

    const late = await sites.answer('approve', { ...approval, by: 'bob' });
    const otherPlan = await sites.answer('approve', { ...approval, gate: 'siteOnline', by: 'bob' });

    expect(late.refusal?.message).toBe(
      `The open question is "siteOnline", and this answers "synchronize". alice has approved plan ${plan} already.`,
    );
    expect(otherPlan.refusal?.code).toBe('PlanOutdated');
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
  });

  it('junk and an older plan pass no gate of the way back; a rejection after the approval is told that it came too late', async () => {
    const sites = await healed();
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    const { plan } = await asked(sites, 'synchronize');
    for (const junk of ['yes', { gate: 'synchronize', plan, discardAtMost: 'all' }, [plan]]) {
      await handle.signal('approve', junk);
    }
    const answer = { gate: 'synchronize', plan, how: 'api', reason: 'a test' } as const;
    const older = await sites.answer('approve', { ...answer, plan: '00000000', by: 'alice' });
    const { oddities, next } = await sites.runUntil('all is recorded', (status) => status.oddities.length === 3);
    const touched = sites.calls('clearCache').length;
    sites.world.pushes.hold();
    const approved = await sites.answer('approve', { ...answer, by: 'alice' });
    await sites.runUntil('pushing', ({ phase }) => phase === 'pushing');
    const rejected = await sites.answer('reject', { ...answer, by: 'bob' });
    sites.world.pushes.release();
    await asked(sites, 'siteOnline');

    expect(older.refusal?.code).toBe('PlanOutdated');
    expect(oddities.map(({ what }) => what)).toEqual(
      Array.from({ length: 3 }, () => 'a signal "approve" that could not be understood'),
    );
    expect([next?.kind, touched]).toEqual(['ask', 0]);
    expect(approved.outcome).toBe('taken');
    expect(rejected.refusal).toEqual({
      code: 'GateNotOpen',
      message: `Nothing waits for this decision. alice has approved plan ${plan} already.`,
    });
    expect(sites.calls('startPush')).toHaveLength(2);
    await sites.abort();
  });
});
