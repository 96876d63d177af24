import { sameJson } from '../../../domain/canonical-json';
import {
  askKeepSite,
  atGate,
  chosenKeepSite,
  fencedUnasked,
  rememberAsked,
  type Asking,
  type Gating,
} from '../../../domain/gates';
import type { Question } from '../../../domain/next';
import { refusal } from '../../../domain/refusals';
import type { Gate, GatePolicy } from '../../../domain/site-pair';
import type { Known, RunState } from '../../../domain/state';
import type { HeardDecision, HeardRequest } from '../../../domain/heard';
import { digest, now, pair } from '../../support/observations';
import { gatePolicies } from '../../support/gate-policies';
import { fenced, protecting } from '../../support/run-states';

const asking: Asking = { gate: 'synchronize', question: 'Shall it?', plan: { staleSite: 'site-b' } };
const plan = '{"epoch":1,"gate":"synchronize","incident":"incident-1","staleSite":"site-b"}';
const renewed = '{"epoch":1,"expired":1,"gate":"synchronize","incident":"incident-1","staleSite":"site-b"}';

const approval: HeardDecision = {
  kind: 'approve',
  gate: 'synchronize',
  plan,
  by: 'alice',
  how: 'api',
  reason: 'a test',
  at: now,
  epoch: 1,
};
const approve = (part: Partial<HeardDecision> = {}): HeardDecision => ({ ...approval, ...part });
const reject = (part: Partial<HeardDecision> = {}): HeardDecision => approve({ kind: 'reject', reason: 'no', ...part });

interface At {
  policy?: Partial<GatePolicy>;
  decisions?: readonly HeardDecision[];
  requests?: readonly HeardRequest[];
  known?: Partial<Known>;
  at?: number;
}

function gating({ policy = {}, decisions = [], requests = [], known = {}, at = now }: At = {}): Gating {
  const state: RunState = fenced(protecting());
  return {
    pair: { ...pair, policy: { ...pair.policy, gates: gatePolicies({ synchronize: policy }) } },
    state: { incident: state.incident, heard: { ...state.heard, decisions, requests } },
    known: { ...state.known, ...known },
    now: at,
    digest,
  };
}

function passes(at: At, part: Partial<Asking> = {}): readonly string[] | undefined {
  const gate = atGate(gating(at), { ...asking, ...part });
  return 'passed' in gate ? gate.passed.map(({ by }) => by) : undefined;
}

function asks(at: At, part: Partial<Asking> = {}): { known: Known; question: Question } {
  const gate = atGate(gating(at), { ...asking, ...part });
  if ('passed' in gate) throw new Error('passed');
  return gate;
}

describe('a gate', () => {
  it('is passed at once where the policy asks for nobody, and nothing is remembered of it', () => {
    const given = gating({ policy: { approvals: 0 } });
    const gate = atGate(given, asking);

    expect(gate).toEqual({ known: given.known, passed: [], plan });
  });

  it('asks all the same where the run says that a person is needed whatever the policy says', () => {
    expect(asks({ policy: { approvals: 0 } }, { atLeast: 1 }).question.approvals).toMatchObject({ needed: 1, by: [] });
    expect(asks({ policy: { approvals: 2 } }, { atLeast: 1 }).question.approvals).toMatchObject({ needed: 2 });
  });

  it('says what can be typed, with the plan, on the command line and in the Temporal UI', () => {
    expect(asks({}).question).toMatchObject({
      kind: 'ask',
      gate: 'synchronize',
      question: 'Shall it?',
      plan,
      since: now,
      answers: [
        `approve keycloak-prod --gate synchronize --plan ${plan} --reason "..."`,
        `reject keycloak-prod --gate synchronize --plan ${plan} --reason "..."`,
      ],
      signal: JSON.stringify({ gate: 'synchronize', plan, reason: '...' }),
    });
  });

  it('says how many entries an approval allows to be discarded', () => {
    expect(asks({}, { discards: 37 }).question).toMatchObject({
      discards: 37,
      answers: [
        `approve keycloak-prod --gate synchronize --plan ${plan} --discard-at-most 37 --reason "..."`,
        `reject keycloak-prod --gate synchronize --plan ${plan} --reason "..."`,
      ],
      signal: JSON.stringify({ gate: 'synchronize', plan, discardAtMost: 37, reason: '...' }),
    });
  });

  it.each<[string, readonly HeardDecision[], number, readonly string[] | undefined]>([
    ['one approves of one', [approve()], 1, ['alice']],
    ['one approves of two', [approve()], 2, undefined],
    ['the same one approves twice of two', [approve(), approve()], 2, undefined],
    ['two approve of two', [approve(), approve({ by: 'bob' })], 2, ['alice', 'bob']],
    [
      'two whom nobody has proved approve of two',
      [approve({ how: 'cli' }), approve({ how: 'temporal-ui', by: 'unattributed' })],
      2,
      undefined,
    ],
    [
      'one who is proved and one who is not approve of two',
      [approve(), approve({ how: 'cli', by: 'bob' })],
      2,
      ['alice', 'bob'],
    ],
    ['one approves of two, and once more past the API', [approve(), approve({ how: 'cli' })], 2, undefined],
    ['it was refused', [approve({ refused: refusal('ReasonMissing') })], 1, undefined],
    ['it was for another gate', [approve({ gate: 'siteOnline' })], 1, undefined],
    ['it was for another plan', [approve({ plan: 'b21e0477' })], 1, undefined],
    ['it was in another epoch', [approve({ epoch: 0 })], 1, undefined],
    ['it was a hold', [approve({ kind: 'hold' })], 1, undefined],
    ['it was rejected', [reject()], 1, undefined],
    ['it was rejected after the approval', [approve(), reject({ by: 'bob' })], 1, undefined],
    ['it was approved after the rejection', [reject({ by: 'bob' }), approve()], 1, ['alice']],
    [
      'two approved, one of them before a rejection',
      [approve(), reject({ by: 'bob' }), approve({ by: 'carol' })],
      2,
      undefined,
    ],
  ])('is passed or not when %s', (_case, decisions, approvals, expected) => {
    expect(passes({ policy: { approvals }, decisions })).toEqual(expected);
  });

  it('counts who has approved so far', () => {
    expect(asks({ policy: { approvals: 2 }, decisions: [approve()] }).question.approvals).toMatchObject({
      needed: 2,
      by: ['alice'],
    });
  });

  it.each([
    ['no', 'Shall it? alice rejected it: no.'],
    ['not now!', 'Shall it? alice rejected it: not now!'],
    ['at 3\u001b[31m\n', 'Shall it? alice rejected it: at 3 [31m .'],
    [undefined, 'Shall it? alice rejected it.'],
  ])('says who rejected it, and why: %j', (reason, question) => {
    expect(asks({ decisions: [reject({ reason })] }).question.question).toBe(question);
  });

  it('is open again, and says so, once more would be discarded than an approval allows', () => {
    const decisions = [approve({ discardAtMost: 37 })];

    expect(passes({ decisions }, { discards: 37 })).toEqual(['alice']);
    expect(passes({ decisions: [approve({ discardAtMost: 50 })] }, { discards: 37 })).toEqual(['alice']);
    expect(asks({ decisions }, { discards: 44 }).question).toMatchObject({
      question: 'Shall it? alice allowed 37 entries to be discarded; by now it is more.',
      approvals: { by: [] },
      discards: 44,
    });
  });

  it('is not passed by an approval from before it was known what would be discarded', () => {
    expect(asks({ decisions: [approve()] }, { discards: 1 }).question.question).toBe(
      'Shall it? alice allowed 0 entries to be discarded; by now it is more.',
    );
  });

  it.each<[string, Partial<GatePolicy>, boolean]>([
    ['counts whoever decides', {}, true],
    ['refuses whom nobody has proved', { unattributed: 'refuse' }, false],
    ['names groups', { from: ['sre'] }, false],
    ['excludes whoever asked', { notRequester: true }, false],
  ])('offers the signal of the Temporal UI only where it would count: policy %s', (_case, policy, offered) => {
    const requests = [request('synchronize')];
    const { signal, approvals } = asks({ policy, requests }).question;

    expect(signal !== undefined).toBe(offered);
    expect(approvals?.unattributed).toBe(offered ? 'accept' : 'refuse');
  });
});

const request = (goal: HeardRequest['goal'], part: Partial<HeardRequest> = {}): HeardRequest => ({
  id: `request of ${part.by ?? 'alice'}`,
  goal,
  by: 'alice',
  reason: 'a test',
  at: now,
  ...part,
});

describe('whoever asked, at a gate where they may not approve', () => {
  const policy = { notRequester: true };
  const requesters = (requests: readonly HeardRequest[], known: Partial<Known> = {}) =>
    asks({ policy, requests, known }).question.approvals?.requesters;

  it('is everybody who asked for that goal', () => {
    const requests = [request('synchronize'), request('synchronize', { by: 'bob' }), request('synchronize')];

    expect(requesters(requests)).toEqual(['alice', 'bob']);
  });

  it('is nobody when it was another goal, or a refused request', () => {
    const refused = { 'request of bob': refusal('NotFenced') };

    expect(requesters([request('fence')])).toBeUndefined();
    expect(requesters([request('synchronize', { refused: refusal('ReasonMissing') })])).toBeUndefined();
    expect(requesters([request('synchronize', { by: 'bob' })], { refusedRequests: refused })).toBeUndefined();
  });

  it.each<[Gate, HeardRequest['goal'] | undefined]>([
    ['fence', 'fence'],
    ['fenceDiverging', 'fence'],
    ['synchronize', 'synchronize'],
    ['siteOnline', 'siteOnline'],
    ['siteOffline', 'siteOffline'],
    ['admitStaleSite', undefined],
  ])('at %s is whoever asked for %s', (gate, goal) => {
    const goals = ['fence', 'synchronize', 'siteOnline', 'siteOffline', 'protect', 'pause'] as const;
    const given = gating({ requests: goals.map((one) => request(one, { by: one, id: one })) });
    const gates = gatePolicies({ [gate]: { approvals: 1, notRequester: true } });
    const asked = atGate({ ...given, pair: { ...pair, policy: { ...pair.policy, gates } } }, { ...asking, gate });

    expect('question' in asked && asked.question.approvals?.requesters).toEqual(goal && [goal]);
  });
});

describe('a question', () => {
  const policy = { expiresSeconds: 600, remindSeconds: 60 };

  it('is as old as it is, and equal as long as nothing changes', () => {
    const first = asks({ policy: { expiresSeconds: 600 } });
    const later = asks({ policy: { expiresSeconds: 600 }, known: first.known, at: now + 599_999 });

    expect(first.question).toMatchObject({ since: now, expiresAt: now + 600_000 });
    expect(later.question).toEqual(first.question);
    expect(sameJson(later.known, first.known)).toBe(true);
  });

  it('that has expired is asked anew under another plan, which is told; approvals of the old one are void', () => {
    const first = asks({ policy });
    const at = now + 600_000;
    const anew = asks({ policy, known: first.known, at, decisions: [approve()] });

    expect(anew.question).toMatchObject({
      plan: renewed,
      since: at,
      expiresAt: at + 600_000,
      expired: 1,
      expiredPlan: plan,
      approvals: { by: [] },
    });
    expect(anew.known.asked).toMatchObject({ plan: renewed, since: at, expired: 1 });
    expect(anew.known.askedBefore).toBeUndefined();
    expect(anew.known.timeline.at(-1)).toEqual({
      at,
      what: `nobody decided in time at the gate synchronize: it is asked anew, as plan ${renewed}`,
    });
    expect(passes({ policy, known: anew.known, at: at + 1, decisions: [approve({ plan: renewed })] })).toEqual([
      'alice',
    ]);
  });

  it('that has expired is told once', () => {
    const first = asks({ policy });
    const anew = asks({ policy, known: first.known, at: now + 600_000 });
    const again = asks({ policy, known: anew.known, at: now + 600_001 });

    expect(again.known).toEqual(anew.known);
    expect(again.question).toEqual(anew.question);
  });

  it('is told again and again while nobody decides', () => {
    const first = asks({ policy });
    const early = asks({ policy, known: first.known, at: now + 59_999 });
    const reminded = asks({ policy, known: first.known, at: now + 60_000 });
    const soon = asks({ policy, known: reminded.known, at: now + 119_999 });
    const twice = asks({ policy, known: reminded.known, at: now + 120_000 });

    expect(early.known).toEqual(first.known);
    expect(reminded.known.asked?.remindedAt).toBe(now + 60_000);
    expect(reminded.known.timeline.at(-1)?.what).toBe(
      'still waits for a person at the gate synchronize, asked at 03:12:01 UTC',
    );
    expect(reminded.question).toEqual(first.question);
    expect(soon.known).toEqual(reminded.known);
    expect(twice.known.asked?.remindedAt).toBe(now + 120_000);
  });

  it('that comes back after another one is as old as it was, so that it expires in time', () => {
    const first = asks({ policy });
    const other = asks({ policy, known: first.known, at: now + 10 }, { plan: { staleSite: 'site-a' } });
    const back = asks({ policy, known: other.known, at: now + 20 });
    const late = asks({ policy, known: other.known, at: now + 600_000 });

    expect(back.question).toEqual(first.question);
    expect(back.known).toMatchObject({ asked: { plan, since: now }, askedBefore: [{ since: now + 10 }] });
    expect(late.question).toMatchObject({ plan: renewed, expired: 1 });
  });

  it('is remembered among no more than a few', () => {
    const sites = ['1', '2', '3', '4', '5', '6', '7', '8'];
    const known = sites.reduce<Known | undefined>(
      (so, staleSite) => asks({ known: so }, { plan: { staleSite } }).known,
      undefined,
    );

    expect(known?.askedBefore).toHaveLength(5);
  });

  it('of another version, or that can be answered by hand only, is not remembered', () => {
    const { known } = fenced(protecting());
    const question: Question = { kind: 'ask', gate: 'keepSite', question: 'Which?', answers: [] };

    expect(rememberAsked(known, question, { pair, now })).toBe(known);
  });
});

describe('a pair that is fenced unasked', () => {
  it('asks nobody before a fence, and keeps every other policy', () => {
    const gates = gatePolicies({
      fence: { approvals: 2 },
      fenceDiverging: { approvals: 1 },
      siteOnline: { approvals: 2 },
    });

    expect(fencedUnasked({ ...pair, policy: { ...pair.policy, gates } }).policy.gates).toEqual(
      gatePolicies({ siteOnline: { approvals: 2 } }),
    );
  });
});

describe('the site that people chose to be kept', () => {
  const choice = (by: string, site: string): HeardDecision => approve({ gate: 'keepSite', plan: undefined, by, site });
  const chosen = (approvals: number, decisions: readonly HeardDecision[]) => {
    const given = gating({ decisions });
    const gates = gatePolicies({ keepSite: { approvals, expiresSeconds: 600 } });
    return chosenKeepSite({ ...given, pair: { ...pair, policy: { ...pair.policy, gates } } })?.site;
  };

  it.each<[string, number, readonly HeardDecision[], string | undefined]>([
    ['nobody chose', 1, [], undefined],
    ['nobody has to be asked by policy, and nobody was', 0, [], undefined],
    ['one chose', 1, [choice('alice', 'site-b')], 'site-b'],
    ['a second one chose otherwise', 1, [choice('alice', 'site-b'), choice('bob', 'site-a')], 'site-a'],
    [
      'one chose, another one otherwise, and the first one again',
      1,
      [choice('alice', 'site-b'), choice('bob', 'site-a'), choice('alice', 'site-b')],
      'site-b',
    ],
    ['two have to agree, and do not', 2, [choice('alice', 'site-b'), choice('bob', 'site-a')], undefined],
    ['two have to agree, and do', 2, [choice('alice', 'site-b'), choice('bob', 'site-b')], 'site-b'],
    ['it was chosen too long ago', 1, [{ ...choice('alice', 'site-b'), at: now - 600_000 }], undefined],
    ['it was rejected since', 1, [choice('alice', 'site-b'), reject({ gate: 'keepSite', plan: undefined })], undefined],
  ])('when %s', (_case, approvals, decisions, site) => {
    expect(chosen(approvals, decisions)).toBe(site);
  });
});

describe('the question which site is to be kept', () => {
  const gates = gatePolicies({ keepSite: { remindSeconds: 60 } });
  const asking = { ...pair, policy: { ...pair.policy, gates } };
  const look = (known: Known, at: number) => {
    const question = askKeepSite({ ...gating(), pair: asking, known, now: at }, 'Which?');
    return { question, known: rememberAsked(known, question, { pair: asking, now: at }) };
  };
  const first = look(fenced(protecting()).known, now);

  it('is as old as it is, and is told again while nobody decides', () => {
    const early = look(first.known, now + 59_999);
    const reminded = look(first.known, now + 60_000);

    expect(first.question.since).toBe(now);
    expect(early).toEqual(first);
    expect(reminded.question).toEqual(first.question);
    expect(reminded.known.timeline.at(-1)?.what).toMatch(/^still waits for a person at the gate keepSite/);
  });

  it('is another one in another epoch', () => {
    expect(look({ ...first.known, epoch: 7 }, now + 1).question.since).toBe(now + 1);
  });
});
