import { askKeepSite } from '../../../domain/gates';
import type { Next, Question } from '../../../domain/next';
import { refusal } from '../../../domain/refusals';
import { decisionRefusal, requestRefusal } from '../../../domain/requests';
import { requestedFence } from '../../../domain/requested-fence';
import type { RunState } from '../../../domain/state';
import type { Decision, GoalRequest } from '../../../domain/heard';
import { now, pair } from '../../support/observations';
import { fenced, fencing, latched, protecting } from '../../support/run-states';
import { detach } from './a-round';

const fence: GoalRequest = { id: 'request-2', goal: 'fence', site: 'site-b', by: 'somebody', reason: 'a test' };
const decision = (part: Partial<Decision>): Decision => ({ kind: 'hold', by: 'somebody', how: 'cli', ...part });

describe('request', () => {
  it.each([
    ['a run that an alert started', protecting()],
    ['a fence of the same site', fencing('site-b')],
    ['a fence whose site is latched', latched(protecting())],
    ['a proved fence', fenced(protecting())],
  ])('joins %s', (_case, state) => {
    expect(requestRefusal(state, fence, now)).toBeUndefined();
  });

  it.each([
    ['latched', latched(protecting())],
    ['asked for', fencing('site-b')],
  ])('is refused when the fence of the opposite site is %s', (_case, state) => {
    expect(requestRefusal(state, { ...fence, site: 'site-a' }, now)).toEqual({
      code: 'OppositeSiteFenced',
      message: 'In incident incident-1 site-b is the site to fence; fencing site-a as well would leave none.',
    });
  });

  it('may name the opposite site once the earlier request was refused', () => {
    const state = fencing('site-b');
    const refusedRequests = { 'request-1': refusal('LastEndpoint') };

    const why = requestRefusal(
      { ...state, known: { ...state.known, refusedRequests } },
      { ...fence, site: 'site-a' },
      now,
    );

    expect(why).toBeUndefined();
  });

  it.each([
    [{ goal: 'synchronize' } as const, 'NotFenced'],
    [{ goal: 'protect' } as const, 'GoalNotAvailable'],
    [{ site: undefined }, 'SiteUnknown'],
    [{ reason: '  ' }, 'ReasonMissing'],
  ])('is refused: %j', (part, code) => {
    expect(requestRefusal(protecting(), { ...fence, ...part }, now)?.code).toBe(code);
  });

  it('for a fence is the first that was not refused', () => {
    const state = protecting();
    const requests = [
      { ...fence, id: 'refused at once', at: now, refused: refusal('ReasonMissing') },
      { ...fence, id: 'of another goal', goal: 'pause' as const, at: now },
      { ...fence, id: 'taken', at: now },
    ];

    expect(requestedFence({ ...state, heard: { ...state.heard, requests } })?.id).toBe('taken');
  });
});

describe('an answer to a question', () => {
  const keepSite = askKeepSite({ pair, state: protecting(), known: protecting().known, now }, 'Which?');
  const admit: Question = {
    kind: 'ask',
    gate: 'admitStaleSite',
    question: 'Shall it?',
    plan: '7f3a9c41',
    answers: ['approve', 'reject'],
  };
  const siteOnline: Next = { kind: 'ask', gate: 'siteOnline', question: 'Shall it come back?', answers: [] };
  const says = (next: Next, part: Partial<Decision>) =>
    decisionRefusal(protecting(), decision({ kind: 'approve', reason: 'a test', ...part }), next, now);

  it('is taken when it names the gate, the plan and the site that are asked for', () => {
    expect(says(keepSite, { gate: 'keepSite', site: 'site-b' })).toBeUndefined();
    expect(says(admit, { gate: 'admitStaleSite', plan: '7f3a9c41' })).toBeUndefined();
    expect(
      says(admit, { gate: 'admitStaleSite', plan: '7f3a9c41', how: 'temporal-ui', reason: undefined }),
    ).toBeUndefined();
    expect(says(keepSite, { kind: 'reject', gate: 'keepSite' })).toBeUndefined();
  });

  it.each<[string, Next, Partial<Decision>, string, string]>([
    ['no gate', keepSite, {}, 'GateNotOpen', 'The open question is "keepSite", and this answers "none".'],
    ['another gate', admit, { gate: 'keepSite' }, 'GateNotOpen', 'The open question is "admitStaleSite"'],
    [
      'an older plan',
      admit,
      { gate: 'admitStaleSite', plan: 'b21e0477' },
      'PlanOutdated',
      'You answered plan b21e0477',
    ],
    ['no plan', admit, { gate: 'admitStaleSite' }, 'PlanOutdated', 'You answered plan none'],
    ['no site', keepSite, { gate: 'keepSite' }, 'SiteUnknown', 'Say which site is to be kept: site-a or site-b.'],
    ['a site of another pair', keepSite, { gate: 'keepSite', site: 'site-c' }, 'SiteUnknown', 'site-a or site-b'],
    ['no reason', keepSite, { gate: 'keepSite', site: 'site-a', reason: ' ' }, 'ReasonMissing', 'A reason is required'],
    [
      'a gate that takes none',
      siteOnline,
      { gate: 'siteOnline' },
      'GoalNotAvailable',
      'takes no answer at the gate siteOnline',
    ],
  ])('is refused: %s', (_case, next, part, code, message) => {
    expect(says(next, part)).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('decision', () => {
  const pausing: RunState = {
    ...protecting(),
    goal: 'pause',
    heard: {
      ...protecting().heard,
      requests: [{ id: 'p', goal: 'pause', by: 'alice', reason: 'update', forSeconds: 60, at: now - 1_000 }],
    },
  };
  const held = protecting();
  const blocked: Next = {
    kind: 'blocked',
    command: detach,
    type: 'TrafficDenied',
    message: 'no',
    since: now,
    can: ['retry', 'confirm'],
  };
  const hold = { ...held, heard: { ...held.heard, hold: { by: 'somebody', at: now } } };

  it.each([
    ['hold with a reason', decision({ reason: 'wait' }), protecting(), undefined],
    ['abort with a reason', decision({ kind: 'abort', reason: 'over' }), protecting(), undefined],
    ['release of a hold', decision({ kind: 'release' }), hold, undefined],
    ['release of a pause', decision({ kind: 'release' }), pausing, undefined],
    ['retry of what is blocked', decision({ kind: 'retry' }), protecting(), blocked],
    ['confirm of what is blocked', decision({ kind: 'confirm' }), protecting(), blocked],
  ])('is taken: %s', (_case, said, state, next) => {
    expect(decisionRefusal(state, said, next, now)).toBeUndefined();
  });

  it.each([
    ['hold without a reason', decision({}), 'ReasonMissing'],
    ['abort with a blank reason', decision({ kind: 'abort', reason: ' ' }), 'ReasonMissing'],
    ['release of nothing', decision({ kind: 'release' }), 'NotHeld'],
    ['approve at no gate', decision({ kind: 'approve' }), 'GateNotOpen'],
    ['reject at no gate', decision({ kind: 'reject' }), 'GateNotOpen'],
    ['retry of nothing', decision({ kind: 'retry' }), 'NothingBlocked'],
    ['confirm of nothing', decision({ kind: 'confirm' }), 'NothingBlocked'],
  ])('is refused: %s', (_case, said, code) => {
    expect(decisionRefusal(protecting(), said, undefined, now)?.code).toBe(code);
  });

  it('is refused: confirm of what is read, and for which no word stands', () => {
    const unhealthy: Next = { ...blocked, can: ['retry', 'abort'] };

    expect(decisionRefusal(protecting(), decision({ kind: 'confirm' }), unhealthy, now)?.code).toBe('NotConfirmable');
    expect(decisionRefusal(protecting(), decision({ kind: 'retry' }), unhealthy, now)).toBeUndefined();
  });

  it.each<[string, string | undefined, string, string]>([
    ['without a site', undefined, 'FenceManual', 'what is blocked is about site-b.'],
    ['for the other site', 'site-a', 'FenceManual', 'what is blocked is about site-b. You named site-a.'],
    ['for the other site', 'site-a', 'WorkloadManual', 'what is blocked is about site-b. You named site-a.'],
  ])('is refused: a word %s (%s, %s)', (_case, site, type, message) => {
    const command = { kind: 'fenceByDevice', device: 'by-hand', site: 'site-b', keepSite: 'site-a' } as const;
    const byHand = { ...blocked, type, command } as Next;

    const refused = decisionRefusal(protecting(), decision({ kind: 'confirm', site }), byHand, now);

    expect(refused).toMatchObject({ code: 'SiteUnknown' });
    expect(refused?.message).toContain(message);
  });

  it('is refused: a word that names a site about what is about none', () => {
    const detaching = decision({ kind: 'confirm', site: 'site-b' });

    expect(decisionRefusal(protecting(), detaching, blocked, now)).toMatchObject({
      code: 'SiteUnknown',
      message: 'What is blocked is about no single site: leave the site out. You named site-b.',
    });
  });

  it('is taken: a word for the very site', () => {
    const command = { kind: 'fenceByDevice', device: 'by-hand', site: 'site-b', keepSite: 'site-a' } as const;
    const byHand: Next = { ...blocked, type: 'FenceManual', command };

    expect(decisionRefusal(protecting(), decision({ kind: 'confirm', site: 'site-b' }), byHand, now)).toBeUndefined();
  });

  it('is refused: release of a pause that is over', () => {
    expect(decisionRefusal(pausing, decision({ kind: 'release' }), undefined, now + 59_000)?.code).toBe('NotHeld');
  });
});
