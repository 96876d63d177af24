/** What people, alerts and mishaps say to a run: everything is answered or recorded, nothing parks it. */
import { defaultPayloadConverter } from '@temporalio/common';
import { until } from '../../lab/until';
import { sitePairWorkflowId } from '../../workflows/contract/ids';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites, type TwoSitesOptions } from '../support/two-sites';

describe('site pair run: messages', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  function twoSites(options: Partial<TwoSitesOptions> = {}): TwoSites {
    pairs += 1;
    return new TwoSites(temporal, { name: `messages-${pairs}`, ...options });
  }

  /** A signal as somebody else's client could send it: any name, any bytes. */
  async function rawSignal(sites: TwoSites, signalName: string, data: string, encoding = 'json/plain') {
    const { env } = temporal;
    await env.client.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: sitePairWorkflowId(sites.pair.name) },
      signalName,
      input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }] },
      requestId: `${signalName}-${data.length}-${Math.random()}`,
    });
  }

  it('bytes that cannot be decoded and signals with misspelt names are recorded, and the run goes on unharmed', async () => {
    const sites = twoSites();
    const hanging = sites.world.faults.hang('readGroups');
    sites.world.cut();
    await sites.alert('site-a');

    await rawSignal(sites, 'alert', '{not json');
    await rawSignal(sites, 'alert', '\u0000\u0001', 'binary/protobuf-nobody-knows');
    await rawSignal(sites, 'alert', '{"fingerprint":1}');
    await rawSignal(sites, 'aprove', '{"gate":"fence"}');
    await rawSignal(sites, 'approve', '{"gate":');
    hanging.release();
    const status = await sites.untilFenced();

    expect(status.oddities.map(({ what }) => what)).toEqual([
      'an alert that could not be understood',
      'an alert that could not be understood',
      'an alert that could not be understood',
      'a signal "aprove", which this run does not know',
      'a signal "approve" that could not be understood',
    ]);
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
    await sites.golden('odd-signals');
  });

  it('an update that cannot be understood is rejected with a sentence, and leaves no trace', async () => {
    const sites = twoSites();
    await sites.fence('site-b');
    await sites.untilFenced();
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);

    const answered = handle.executeUpdate('decide', { args: ['junk'] });

    await expect(answered).rejects.toMatchObject({
      cause: { message: 'This decision could not be understood; nothing was recorded.' },
    });
    await sites.runUntil('unharmed', ({ decisions, oddities }) => decisions.length + oddities.length === 0);
    await sites.abort();
  });

  it('a run that was started by hand with junk protects the pair of its id', async () => {
    const sites = twoSites();
    sites.world.cut();
    await temporal.env.client.workflow.start('sitePairRun', {
      workflowId: sites.workflowId,
      taskQueue: temporal.taskQueue,
      args: ['junk'],
    });

    const status = await sites.untilFenced();

    expect(status).toMatchObject({ pair: sites.pair.name, goal: 'protect' });
    expect(status.oddities).toHaveLength(1);
    await sites.abort();
  });

  it('approvals typed into the Temporal UI are recorded as unattributed, and refused while nothing waits for them', async () => {
    const sites = twoSites();
    await sites.fence('site-b');
    await sites.untilFenced();

    await rawSignal(sites, 'approve', '{"gate":"siteOnline","plan":"7f3a9c41"}');
    const status = await sites.runUntil('the decision is heard', ({ decisions }) => decisions.length === 1);

    expect(status.decisions[0]).toMatchObject({
      kind: 'approve',
      gate: 'siteOnline',
      by: 'unattributed',
      how: 'temporal-ui',
      refused: { code: 'GateNotOpen' },
    });
    await sites.abort();
  });

  it('a decision without a reason, or about nothing, is refused with a sentence', async () => {
    const sites = twoSites();
    await sites.fence('site-b');
    await sites.untilFenced();

    const answers = [
      await sites.decide('abort'),
      await sites.decide('release'),
      await sites.decide('retry'),
      await sites.decide('confirm'),
    ];

    expect(answers.map(({ refusal }) => refusal?.code)).toEqual([
      'ReasonMissing',
      'NotHeld',
      'NothingBlocked',
      'NothingBlocked',
    ]);
    await sites.abort();
  });

  it('a synchronize joins the run of a fenced pair, and an unknown site is refused', async () => {
    const sites = twoSites();
    await sites.fence('site-b');
    await sites.untilFenced();
    const request = { id: 'sync-1', goal: 'synchronize', by: 'somebody', reason: 'the link is whole' } as const;

    const answer = await temporal.client.request(sites.pair.name, request);

    expect(answer.outcome).toBe('joined');
    await sites.abort();
    const unknown = await sites.fence('site-c');
    expect(unknown.outcome).toBe('started');
    expect(await sites.result()).toMatchObject({ outcome: 'refused', refusal: { code: 'SiteUnknown' } });
  });

  it('a cancellation in Temporal is an abort: made safe first, then ended', async () => {
    const sites = twoSites();
    sites.world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();

    await temporal.env.client.workflow.getHandle(sites.workflowId).cancel();
    const result = await sites.result();

    expect(result).toMatchObject({ outcome: 'aborted', report: expect.stringContaining('site-b is out of traffic') });
    expect(Object.values(sites.world.backups('site-b'))).toEqual(['offline', 'offline']);
    await sites.golden('cancelled');
  });

  it('an abort in the middle leaves no site detached that still serves', async () => {
    const sites = twoSites();
    sites.world.faults.fail('removeEndpoint', 'TrafficThrottled', { times: Infinity });
    sites.world.cut();
    await sites.alert('site-a');
    await sites.runUntil('fencing', ({ phase }) => phase === 'fencing');

    const result = await sites.abort();

    expect(result.report).toContain('site-b is in traffic');
    expect(sites.calls('takeBackupOffline')).toEqual([]);
    await sites.golden('aborted-before-removal');
  });

  it('a new run after an abort finds the fence and guards it', async () => {
    const sites = twoSites();
    sites.world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();
    await sites.abort();
    const before = sites.world.journal.length;

    const taken = await sites.alert('site-b');
    const status = await sites.untilFenced();

    expect(taken.outcome).toBe('started');
    expect(status.roles).toMatchObject({ keepSite: 'site-a' });
    expect(sites.world.journal).toHaveLength(before);
    await sites.abort();
    await sites.golden('fence-adopted');
  });

  it('a run that finds a site out with everything else whole never adds it: it asks', async () => {
    const sites = twoSites();
    sites.world.removedByOthers('site-b');

    await sites.alert('site-a');
    const status = await sites.runUntil('a person is asked', ({ next }) => next?.kind === 'ask');

    expect(status.next).toMatchObject({ gate: 'siteOnline' });
    expect(status.roles?.because).toContain('this run did not remove it');
    expect(sites.world.journal).toEqual([]);
    await sites.abort();
    await sites.golden('site-out-already');
  });

  it("a pair's page and memo say what is true, and nothing that was heard can draw on the page", async () => {
    const sites = twoSites();
    sites.world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();
    await rawSignal(sites, '**bold** | <img src=x> `\n# forged', '{}');
    await sites.runUntil('the signal is heard', ({ oddities }) => oddities.length === 1);
    const { env } = temporal;

    const { queryResult } = await env.client.workflowService.queryWorkflow({
      namespace: 'default',
      execution: { workflowId: sites.workflowId },
      query: { queryType: '__temporal_workflow_metadata' },
    });

    const metadata = defaultPayloadConverter.fromPayload<{ currentDetails: string }>(queryResult?.payloads?.[0] ?? {});
    const page = metadata.currentDetails;
    expect(page).toContain('FENCED');
    expect(page).toContain('**site-b is out. site-a serves everyone.**');
    expect(page).toContain('| replication site-a -\\> site-b | offline, 2 of 2 caches |');
    expect(page).not.toMatch(/<img|^# forged/m);
    const status = await sites.status();
    expect(status).toMatchObject({ run: 'open', memo: { phase: 'fenced', staleSite: 'site-b' } });
    await sites.abort();
  });

  it('an endless answer of one server does not hold up what can be read of the other', async () => {
    const sites = twoSites();
    sites.world.faults.hang('readView', { at: 'site-b' });
    sites.world.cut();

    await sites.alert('site-a');
    const status = await sites.untilFenced();

    expect(status.roles?.keepSite).toBe('site-a');
    await until(() => temporal.journal.some((line) => line.includes('site-b view')), {
      what: 'the unread view is told',
      withinSeconds: 10,
    });
    await sites.abort();
  });
});
