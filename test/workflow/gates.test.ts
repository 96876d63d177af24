/** People decide whether a site is fenced; on a real Temporal server over fake sites. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Question } from '../../domain/next';
import type { Gate, GatePolicy } from '../../domain/site-pair';
import type { Decision } from '../../domain/heard';
import { seconds } from '../../domain/time';
import { readTools } from '../../lab/tools';
import { until } from '../../lab/until';
import type { RunStatus } from '../../workflows/contract/inputs';
import { gatePolicies } from '../support/gate-policies';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

const run = promisify(execFile);

describe('site pair run: gates', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  /** How far the worker's clock is ahead. */
  let aheadMs = 0;
  beforeAll(async () => {
    temporal = await startTemporal({
      clock: { now: () => Date.now() + aheadMs, monotonicMs: () => performance.now() },
    });
  });
  afterEach(() => {
    aheadMs = 0;
  });
  afterAll(() => temporal?.stop());

  /** A split pair whose run asks before it fences. */
  function splitSites(policy: Partial<GatePolicy>, gate: Gate = 'fence'): TwoSites {
    pairs += 1;
    const gates = gatePolicies({ [gate]: { approvals: 1, ...policy } });
    const sites = new TwoSites(temporal, { name: `gates-${pairs}`, policy: { gates } });
    sites.world.cut();
    return sites;
  }

  async function asked(sites: TwoSites, condition: (question: Question) => boolean = () => true): Promise<Question> {
    const asks = ({ next }: RunStatus) => next?.kind === 'ask' && condition(next);
    const { next } = await sites.runUntil('asks', asks);
    return next as Question;
  }

  async function alerted(policy: Partial<GatePolicy>): Promise<{ sites: TwoSites; question: Question }> {
    const sites = splitSites(policy);
    await sites.alert('site-a');
    return { sites, question: await asked(sites) };
  }

  /** What the API hands on for somebody whom it knows. */
  const proved = (by: string, { plan }: Pick<Question, 'plan'>, groups?: readonly string[]): Partial<Decision> => ({
    ...{ gate: 'fence', plan, by, how: 'api', groups, reason: 'a test' },
  });

  async function says(sites: TwoSites, kind: Decision['kind'], decision: Partial<Decision>): Promise<string> {
    const { outcome, refusal } = await sites.answer(kind, decision);
    return refusal ? `${outcome}: ${refusal.code}: ${refusal.message}` : outcome;
  }

  /** A signal as the Temporal UI sends it: the text that was typed, as JSON. */
  async function fromTheUi(sites: TwoSites, signalName: string, typed?: string): Promise<void> {
    const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(typed ?? '') };
    await temporal.env.client.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: sites.workflowId },
      signalName,
      input: typed === undefined ? undefined : { payloads: [payload] },
      requestId: randomUUID(),
    });
  }

  /** The page beside the run, as the Temporal UI reads it. */
  async function page(sites: TwoSites): Promise<string> {
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return currentDetails;
  }

  it('two of two: one is not enough, the same one again neither, and the second one lets the run go on', async () => {
    const { sites, question } = await alerted({ approvals: 2 });

    const first = await says(sites, 'approve', proved('alice', question));
    const halfway = await asked(sites, ({ approvals }) => approvals?.by.length === 1);
    const shown = await page(sites);
    const again = await says(sites, 'approve', proved('alice', question));
    const touched = sites.world.journal.length;
    const second = await says(sites, 'approve', proved('bob', question));
    const fenced = await sites.untilFenced();

    expect(first).toBe('taken');
    expect(halfway).toMatchObject({ plan: question.plan, approvals: { needed: 2, by: ['alice'] } });
    expect(shown).toContain('(1 of 2 approvals (alice))');
    expect(again).toBe(
      `refused: AlreadyDecided: Plan ${question.plan} has 1 of 2 approvals (alice), and yours is among them: somebody else has to approve.`,
    );
    expect(touched).toBe(0);
    expect(second).toBe('taken');
    expect(fenced.roles?.because).toMatch(/; approved by alice and bob$/);
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
  });

  it('a wrong person is told so and recorded, whatever they answer; a right one is heard', async () => {
    const { sites, question } = await alerted({ from: ['sre'], unattributed: 'refuse' });

    const direct = await says(sites, 'approve', { ...proved('alice', question, ['sre']), how: 'cli' });
    const otherGroup = await says(sites, 'approve', proved('bob', question, ['dba']));
    const rejects = await says(sites, 'reject', proved('bob', question));
    await fromTheUi(sites, 'approve', JSON.stringify({ gate: 'fence', plan: question.plan }));
    const { decisions } = await sites.runUntil('all four are recorded', (status) => status.decisions.length === 4);
    const touched = sites.world.journal.length;
    const right = await says(sites, 'approve', proved('carol', question, ['staff', 'sre']));
    await sites.untilFenced();

    expect(direct).toMatch(/^refused: ApproverNotAllowed: That it is alice who decides is not proved.* Decide through/);
    expect(otherGroup).toMatch(/^refused: ApproverNotAllowed: bob is in no group .* only members of sre decide\.$/);
    expect(rejects).toMatch(/^refused: ApproverNotAllowed: bob is in no group/);
    expect(decisions.map(({ by, refused }) => `${by} ${refused?.code}`)).toEqual([
      'alice ApproverNotAllowed',
      'bob ApproverNotAllowed',
      'bob ApproverNotAllowed',
      'unattributed ApproverNotAllowed',
    ]);
    expect([question.signal, touched, right]).toEqual([undefined, 0, 'taken']);
    await sites.abort();
  });

  it('whoever asked for a fence may not approve it, where the policy says so', async () => {
    const sites = splitSites({ notRequester: true });
    await sites.fence('site-b');
    const question = await asked(sites);

    const own = await says(sites, 'approve', proved('somebody', question));
    const unproved = await says(sites, 'approve', { ...proved('alice', question), how: 'cli' });
    const other = await says(sites, 'approve', proved('alice', question));
    await sites.untilFenced();

    expect(own).toBe(
      'refused: RequesterMayNotApprove: somebody asked for this, and by policy somebody else decides at the gate fence.',
    );
    expect(unproved).toMatch(
      /^refused: ApproverNotAllowed: .*and not somebody, who asked for it\. Decide through the API\.$/,
    );
    expect(other).toBe('taken');
    await sites.abort();
  });

  it('a rejection voids the approvals before it; the question stays open, and says who rejected it and why', async () => {
    const { sites, question } = await alerted({ approvals: 2 });
    await sites.answer('approve', proved('alice', question));

    const rejected = await says(sites, 'reject', { ...proved('bob', question), reason: 'the link is being repaired' });
    const open = await asked(sites, (one) => one.question.includes('bob rejected it'));
    const third = await says(sites, 'approve', proved('carol', question));
    const counted = await asked(sites, ({ approvals }) => approvals?.by[0] === 'carol');
    const touched = sites.world.journal.length;
    const anew = await says(sites, 'approve', proved('alice', question));
    await sites.untilFenced();

    expect([rejected, third, anew]).toEqual(['taken', 'taken', 'taken']);
    expect(open.question).toMatch(/ bob rejected it: the link is being repaired\.$/);
    expect(open.approvals?.by).toEqual([]);
    expect(counted.approvals?.by).toEqual(['carol']);
    expect(touched).toBe(0);
    await sites.abort();
  });

  it('a plan that has expired is asked about anew, and says so; the old one approves nothing', async () => {
    const { sites, question } = await alerted({ approvals: 2, expiresSeconds: 3_600 });
    await sites.answer('approve', proved('alice', question));
    const older = await says(sites, 'approve', proved('bob', { plan: '00000000' }));

    aheadMs = seconds(3_601);
    const anew = await asked(sites, ({ plan }) => plan !== question.plan);
    const late = await says(sites, 'approve', proved('bob', question));
    const touched = sites.world.journal.length;
    await sites.answer('approve', proved('alice', anew));
    await sites.answer('approve', proved('bob', anew));
    const { timeline } = await sites.untilFenced();

    expect(older).toMatch(
      /^refused: PlanOutdated: You answered plan 00000000; what is asked about now is [0-9a-f]{8}\./,
    );
    expect(anew).toMatchObject({ expired: 1, expiredPlan: question.plan, approvals: { by: [] } });
    expect(late).toMatch(new RegExp(`^refused: PlanExpired: Plan ${question.plan} has expired; it is asked anew as`));
    expect(touched).toBe(0);
    expect(timeline.map(({ what }) => what)).toContainEqual(
      `nobody decided in time at the gate fence: it is asked anew, as plan ${anew.plan}`,
    );
    await sites.abort();
  });

  it('a question that nobody answers is told again, and stays the same question', async () => {
    const { sites, question } = await alerted({ remindSeconds: 1_800 });

    aheadMs = seconds(1_801);
    const { next } = await sites.runUntil('reminds', ({ timeline }) =>
      timeline.some(({ what }) => what.startsWith('still waits for a person at the gate fence')),
    );

    expect(next).toEqual(question);
    await sites.abort();
  });

  it('two approvers at the same time are both answered: one is taken, the other one is told who was first', async () => {
    const { sites, question } = await alerted({});

    const answers = await Promise.all(['alice', 'bob'].map((by) => says(sites, 'approve', proved(by, question))));
    const { decisions } = await sites.untilFenced();

    const first = decisions.find(({ refused }) => !refused)?.by;
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
    expect(answers.find((answer) => answer !== 'taken')).toMatch(
      new RegExp(
        `^refused: (AlreadyDecided: Plan ${question.plan} is approved already, by ${first}; nothing more is needed` +
          `|GateNotOpen: Nothing waits for this decision\\. ${first} has approved plan ${question.plan} already)\\.$`,
      ),
    );
    await sites.abort();
  });

  it('two approvers at the same time are both taken where two are needed', async () => {
    const { sites, question } = await alerted({ approvals: 2 });

    const answers = await Promise.all(['alice', 'bob'].map((by) => says(sites, 'approve', proved(by, question))));

    expect(answers).toEqual(['taken', 'taken']);
    await sites.untilFenced();
    await sites.abort();
  });

  it('the signal that the page shows, pasted as it stands, approves; it is recorded as unattributed', async () => {
    const { sites, question } = await alerted({});
    const shown = await page(sites);
    const pasted = /send the signal `approve`, or `reject`, with the input `(\{.*\})`/.exec(shown)?.[1];

    await fromTheUi(sites, 'approve', pasted);
    const { decisions, roles } = await sites.untilFenced();

    expect(pasted).toBe(question.signal);
    expect(shown).toContain(
      `\`sitewarden approve ${sites.pair.name} --gate fence --plan ${question.plan} --reason "..."\``,
    );
    expect(decisions).toMatchObject([
      { kind: 'approve', gate: 'fence', plan: question.plan, by: 'unattributed', how: 'temporal-ui' },
    ]);
    expect(decisions[0]?.refused).toBeUndefined();
    expect(roles?.because).toMatch(/; approved by unattributed$/);
    await sites.abort();
  });

  it.each<[string, (question: Question) => readonly string[], string]>([
    ['a signal', ({ signal = '' }) => ['signal', '--name', 'approve', '--input', signal], 'unattributed temporal-ui'],
    [
      'an update, which is answered',
      ({ plan }) => [
        ...['update', 'execute', '--name', 'decide', '--input'],
        JSON.stringify({ kind: 'approve', gate: 'fence', plan, by: 'alice', how: 'cli', reason: 'a test' }),
      ],
      'alice cli',
    ],
  ])('the command line of Temporal approves by %s', async (_case, words, by) => {
    const { sites, question } = await alerted({});

    const server = ['--address', temporal.env.address, '--workflow-id', sites.workflowId];
    const { stdout } = await run(readTools('temporal').temporal, ['workflow', ...words(question), ...server]);
    const { decisions } = await sites.untilFenced();

    expect(stdout).toMatch(by === 'alice cli' ? /outcome:taken/ : /Signal workflow succeeded/);
    expect(decisions.map((one) => `${one.by} ${one.how}`)).toEqual([by]);
    await sites.abort();
  });

  it('junk from the Temporal UI is recorded, approves nothing, and parks nothing', async () => {
    const { sites, question } = await alerted({});
    const { plan } = question;

    await fromTheUi(sites, 'approve', '{"gate":');
    await fromTheUi(sites, 'approve', '"yes"');
    await fromTheUi(sites, 'approve', JSON.stringify({ gate: 'fence', plan, discardAtMost: 'all' }));
    await fromTheUi(sites, 'approve');
    await fromTheUi(sites, 'approve', JSON.stringify({ gate: 'fence' }));
    await fromTheUi(sites, 'approve', JSON.stringify({ gate: 'synchronize', plan }));
    await fromTheUi(sites, 'Approve', JSON.stringify({ gate: 'fence', plan }));
    const { decisions, oddities, next } = await sites.runUntil(
      'all is recorded',
      (status) => status.decisions.length + status.oddities.length === 7,
    );

    expect(decisions.map(({ refused }) => refused?.code)).toEqual(['PlanOutdated', 'GateNotOpen']);
    expect(oddities.map(({ what }) => what)).toEqual([
      ...Array.from({ length: 4 }, () => 'a signal "approve" that could not be understood'),
      'a signal "Approve", which this run does not know',
    ]);
    expect(next).toEqual(question);
    expect(sites.world.journal).toEqual([]);
    await fromTheUi(sites, 'approve', question.signal);
    await sites.untilFenced();
    await sites.abort();
  });

  it('two of two by decision "admit stale site": the lost site is taken out only after the second one', async () => {
    const sites = splitSites({ approvals: 2 }, 'admitStaleSite');
    await sites.alert('site-a');
    await sites.untilFenced();
    sites.world.setHealth('site-a', 'UNHEALTHY');
    const { plan } = await asked(sites, ({ gate }) => gate === 'admitStaleSite');

    await sites.answer('approve', { ...proved('alice', { plan }), gate: 'admitStaleSite' });
    await asked(sites, ({ approvals }) => approvals?.by.length === 1);
    const removed = sites.calls('removeEndpoint').length;
    await sites.answer('approve', { ...proved('bob', { plan }), gate: 'admitStaleSite' });
    await until(() => sites.world.endpointSites()[0] === 'site-b', { what: 'site-b serves', withinSeconds: 60 });

    expect(removed).toBe(1);
    const { timeline } = await sites.runUntil('it is told', ({ roles }) => roles?.keepSite === 'site-b');
    expect(timeline.map(({ what }) => what)).toContainEqual(
      'alice and bob decided that site-b serves in place of site-a',
    );
    await sites.abort();
  });
});
