import { hasReason } from '../../../domain/answers';
import { atGate, askKeepSite, type Asking } from '../../../domain/gates';
import type { Question } from '../../../domain/next';
import { decisionRefusal } from '../../../domain/requests';
import type { GatePolicy } from '../../../domain/site-pair';
import type { RunState } from '../../../domain/state';
import type { Decision, HeardDecision } from '../../../domain/heard';
import { gatePolicies } from '../../support/gate-policies';
import { digest, now, pair } from '../../support/observations';
import { fenced, protecting } from '../../support/run-states';

const plan = '7f3a9c41';
const asking: Asking = { gate: 'synchronize', question: 'Shall it?', plan: { staleSite: 'site-b' } };
const readAgain = 'Read what is asked now (sitewarden status keycloak-prod), and decide again.';

const approval: Decision = { kind: 'approve', gate: 'synchronize', plan, by: 'alice', how: 'api', reason: 'a test' };
const heard = (part: Partial<HeardDecision> = {}): HeardDecision => ({ ...approval, at: now, epoch: 1, ...part });

interface Asked {
  policy?: Partial<GatePolicy>;
  decisions?: readonly HeardDecision[];
  requestedBy?: string;
  question?: Partial<Question>;
}

function stateOf({ decisions = [], requestedBy }: Asked): RunState {
  const state = fenced(protecting());
  const request = { id: 'r', goal: 'synchronize', by: requestedBy ?? '', reason: 'a test', at: now } as const;
  return { ...state, heard: { ...state.heard, decisions, requests: requestedBy === undefined ? [] : [request] } };
}

function pairWith(policy: Partial<GatePolicy>) {
  return { ...pair, policy: { ...pair.policy, gates: gatePolicies({ synchronize: policy, keepSite: policy }) } };
}

/** What somebody is told who answers the question of a run. */
function told(asked: Asked, decision: Partial<Decision> = {}): string | undefined {
  const state = stateOf(asked);
  const gate = atGate(
    { pair: pairWith({ approvals: 9, ...asked.policy }), state, known: state.known, now, digest },
    asking,
  );
  if ('passed' in gate) throw new Error('passed');
  const question: Question = { ...gate.question, plan, ...asked.question };
  const refusal = decisionRefusal(state, { ...approval, ...decision }, question, now);
  return refusal && `${refusal.code}: ${refusal.message}`;
}

describe('an answer', () => {
  it('is taken from whoever may decide, with the plan that is asked about', () => {
    expect(told({})).toBeUndefined();
    expect(told({}, { kind: 'reject', reason: undefined })).toBeUndefined();
    expect(told({ decisions: [heard()] }, { by: 'bob' })).toBeUndefined();
    expect(told({ decisions: [heard()] }, { kind: 'reject' })).toBeUndefined();
    expect(told({ decisions: [heard({ kind: 'reject' })] })).toBeUndefined();
    expect(told({ policy: { from: ['dba', 'sre'] } }, { groups: ['staff', 'sre'] })).toBeUndefined();
    expect(told({ policy: { notRequester: true }, requestedBy: 'bob' })).toBeUndefined();
    expect(told({ policy: { notRequester: true } }, { how: 'cli' })).toBeUndefined();
  });

  it.each<[string, Asked, Partial<Decision>, string]>([
    [
      'an older plan',
      {},
      { plan: 'b21e0477' },
      `PlanOutdated: You answered plan b21e0477; what is asked about now is 7f3a9c41. ${readAgain}`,
    ],
    [
      'no plan',
      {},
      { plan: undefined },
      `PlanOutdated: You answered plan none; what is asked about now is 7f3a9c41. ${readAgain}`,
    ],
    [
      'a plan where none is asked about',
      { question: { plan: undefined } },
      {},
      `PlanOutdated: You answered plan 7f3a9c41; what is asked about now is none. ${readAgain}`,
    ],
    [
      'the plan that has expired before this one',
      { question: { expiredPlan: 'b21e0477' } },
      { plan: 'b21e0477' },
      `PlanExpired: Plan b21e0477 has expired; it is asked anew as plan 7f3a9c41. ${readAgain}`,
    ],
    [
      'a plan whose time is up',
      { question: { expiresAt: now } },
      {},
      `PlanExpired: Plan 7f3a9c41 expired at 03:12:01 UTC and is asked anew. ${readAgain}`,
    ],
    [
      'somebody of another group',
      { policy: { from: ['dba', 'sre'] } },
      { groups: ['staff'] },
      'ApproverNotAllowed: alice is in no group that decides here. At the gate synchronize only members of dba or sre decide.',
    ],
    [
      'somebody of no group',
      { policy: { from: ['sre'] } },
      {},
      'ApproverNotAllowed: alice is in no group that decides here. At the gate synchronize only members of sre decide.',
    ],
    [
      'the command line, where groups are named',
      { policy: { from: ['sre'] } },
      { how: 'cli', groups: ['sre'] },
      'ApproverNotAllowed: That it is alice who decides is not proved: the decision went to Temporal directly. At the gate synchronize only members of sre decide. Decide through the API.',
    ],
    [
      'the Temporal UI, where only a proved identity counts',
      { policy: { unattributed: 'refuse' } },
      { how: 'temporal-ui' },
      'ApproverNotAllowed: A signal does not tell who sent it. At the gate synchronize only a proved identity decides. Decide through the API.',
    ],
    [
      'somebody who may be whoever asked',
      { policy: { notRequester: true }, requestedBy: 'bob' },
      { how: 'cli' },
      'ApproverNotAllowed: That it is alice who decides is not proved: the decision went to Temporal directly. At the gate synchronize only a proved identity decides, and not bob, who asked for it. Decide through the API.',
    ],
    [
      'whoever asked',
      { policy: { notRequester: true }, requestedBy: 'alice' },
      {},
      'RequesterMayNotApprove: alice asked for this, and by policy somebody else decides at the gate synchronize.',
    ],
    [
      'whoever asked, and rejects',
      { policy: { notRequester: true }, requestedBy: 'alice' },
      { kind: 'reject' },
      'RequesterMayNotApprove: alice asked for this, and by policy somebody else decides at the gate synchronize.',
    ],
    [
      'a rejection by somebody of another group',
      { policy: { from: ['sre'] } },
      { kind: 'reject' },
      'ApproverNotAllowed: alice is in no group that decides here. At the gate synchronize only members of sre decide.',
    ],
    ['no reason', {}, { reason: ' ' }, 'ReasonMissing: A reason is required, so that the next person understands.'],
    [
      'the place-holder for a reason',
      {},
      { reason: '...' },
      'ReasonMissing: A reason is required, so that the next person understands.',
    ],
    [
      'fewer entries than would be discarded',
      { question: { discards: 44 } },
      { discardAtMost: 37 },
      'DiscardExceeded: site-b now holds 44 entries to discard; you allowed 37. Read the plan again (sitewarden status keycloak-prod).',
    ],
    [
      'the second time',
      { policy: { approvals: 2 }, decisions: [heard()] },
      {},
      'AlreadyDecided: Plan 7f3a9c41 has 1 of 2 approvals (alice), and yours is among them: somebody else has to approve.',
    ],
    [
      'a second decision whose author nobody has proved',
      { policy: { approvals: 2 }, decisions: [heard({ how: 'cli', by: 'bob' })] },
      { how: 'temporal-ui' },
      'AlreadyDecided: Plan 7f3a9c41 has 1 of 2 approvals (bob), and yours is among them: somebody else has to approve. Decisions whose author is not proved count as one person.',
    ],
    [
      'the same name past the API',
      { policy: { approvals: 2 }, decisions: [heard()] },
      { how: 'cli' },
      'AlreadyDecided: Plan 7f3a9c41 has 1 of 2 approvals (alice), and yours is among them: somebody else has to approve. Decisions whose author is not proved count as one person.',
    ],
    [
      'a second rejection',
      { decisions: [heard({ kind: 'reject' })] },
      { kind: 'reject' },
      'AlreadyDecided: alice has rejected it already. It stays open.',
    ],
  ])('is refused: %s', (_case, asked, decision, expected) => {
    expect(told(asked, decision)).toBe(expected);
  });

  it('needs no reason where the policy asks for none, nor from the Temporal UI', () => {
    expect(told({ policy: { reasonRequired: false } }, { reason: undefined })).toBeUndefined();
    expect(told({}, { how: 'temporal-ui', reason: undefined })).toBeUndefined();
  });

  it('may be given again once more would be discarded than the first one allowed', () => {
    const decisions = [heard({ discardAtMost: 37 })];

    expect(told({ decisions, question: { discards: 44 } }, { discardAtMost: 50 })).toBeUndefined();
    expect(told({ decisions, question: { discards: 44 } })).toBeUndefined();
    expect(told({ decisions, question: { discards: 30 } })).toMatch(/^AlreadyDecided/);
  });

  it('says "the site" where no roles are known of which entries would be discarded', () => {
    const question: Question = {
      kind: 'ask',
      gate: 'synchronize',
      question: '',
      plan,
      discards: 2,
      answers: ['approve'],
    };

    expect(decisionRefusal(protecting(), { ...approval, discardAtMost: 1 }, question, now)?.message).toBe(
      'the site now holds 2 entries to discard; you allowed 1. Read the plan again (sitewarden status keycloak-prod).',
    );
  });
});

describe('two people who decide at the same time', () => {
  const question: Question = { kind: 'ask', gate: 'synchronize', question: '', plan, answers: ['approve'] };
  const second: Decision = { ...approval, by: 'bob' };
  const state = stateOf({ decisions: [heard({ refused: { code: 'ReasonMissing', message: '' } }), heard()] });

  it('are both answered: the second one is told that enough have approved', () => {
    expect(decisionRefusal(state, second, question, now)).toEqual({
      code: 'AlreadyDecided',
      message: 'Plan 7f3a9c41 is approved already, by alice; nothing more is needed.',
    });
  });

  it('are both answered: once the run goes on, the second one is told who was first', () => {
    const other: Question = { ...question, gate: 'siteOnline', plan: 'b21e0477' };

    expect(decisionRefusal(state, second, undefined, now)).toEqual({
      code: 'GateNotOpen',
      message: 'Nothing waits for this decision. alice has approved plan 7f3a9c41 already.',
    });
    expect(decisionRefusal(state, second, other, now)?.message).toBe(
      'The open question is "siteOnline", and this answers "synchronize". alice has approved plan 7f3a9c41 already.',
    );
  });

  it('are told of nobody who approved another plan', () => {
    expect(decisionRefusal(state, { ...second, plan: 'b21e0477' }, undefined, now)?.message).toBe(
      'Nothing waits for this decision.',
    );
  });

  it('the rejection of a plan that has enough approvals is taken as long as the run has not passed', () => {
    expect(decisionRefusal(state, { ...second, kind: 'reject' }, question, now)).toBeUndefined();
  });
});

describe('the choice of a site', () => {
  const choice = (part: Partial<HeardDecision>) => heard({ gate: 'keepSite', plan: undefined, ...part });
  const ask = (policy: Partial<GatePolicy>, decisions: readonly HeardDecision[] = []) => {
    const state = stateOf({ decisions });
    return { state, question: askKeepSite({ pair: pairWith(policy), state, known: state.known, now }, 'Which?') };
  };

  it('is told to be made already when the same person makes it again; another one may be made', () => {
    const { state, question } = ask({}, [choice({ site: 'site-a', how: 'cli' })]);
    const again: Decision = { ...approval, gate: 'keepSite', plan: undefined, how: 'cli' };

    expect(decisionRefusal(state, { ...again, site: 'site-a' }, question, now)).toEqual({
      code: 'AlreadyDecided',
      message: 'site-a is what was chosen already. Decisions whose author is not proved count as one person.',
    });
    expect(decisionRefusal(state, { ...again, site: 'site-b' }, question, now)).toBeUndefined();
    expect(decisionRefusal(state, { ...again, site: 'site-a', how: 'api', by: 'bob' }, question, now)).toBeUndefined();
  });

  it('is made by whom the policy names', () => {
    const { state, question } = ask({ from: ['sre'], unattributed: 'refuse' });
    const decision: Decision = { ...approval, gate: 'keepSite', plan: undefined, site: 'site-a' };

    expect(decisionRefusal(state, decision, question, now)?.code).toBe('ApproverNotAllowed');
    expect(decisionRefusal(state, { ...decision, groups: ['sre'] }, question, now)).toBeUndefined();
    expect(question.signal).toBeUndefined();
  });

  it('shows what was chosen so far where several have to agree', () => {
    const { question } = ask({ approvals: 2 }, [choice({ site: 'site-a' }), choice({ site: 'site-b', by: 'bob' })]);

    expect(question).toMatchObject({
      question: 'Which? alice would keep site-a. bob would keep site-b.',
      approvals: { needed: 2, by: ['alice', 'bob'] },
      signal: '{"gate":"keepSite","site":"site-a or site-b","reason":"..."}',
    });
  });
});

describe('a reason', () => {
  it.each([
    ['a test', true],
    [' ... ', false],
    ['', false],
    [undefined, false],
  ])('%j: %s', (reason, expected) => {
    expect(hasReason({ reason })).toBe(expected);
  });
});
