/** Decisions as a run hears them: shapes, what is filled in, and what a flood may not push out. */
import type { Next } from '../../../domain/next';
import { newRunState, type RunState } from '../../../domain/state';
import type { Decision } from '../../../domain/heard';
import { Inbox } from '../../../workflows/inbox';
import { isDecision, isTypedDecision } from '../../../workflows/shapes';

const now = Date.parse('2026-11-22T03:12:00Z');
const question: Next = {
  kind: 'ask',
  gate: 'synchronize',
  question: 'Shall it?',
  plan: '7f3a9c41',
  approvals: { needed: 2, by: [] },
  discards: 37,
  answers: ['approve'],
};
const approval: Decision = {
  kind: 'approve',
  gate: 'synchronize',
  plan: '7f3a9c41',
  by: 'alice',
  how: 'api',
  reason: 'a test',
};

function listening(next: Next | undefined = question): { inbox: Inbox; state: RunState } {
  const state = newRunState({ pair: 'keycloak-prod', goal: 'protect', incident: 'incident-1', startedAt: now });
  return { state, inbox: new Inbox(state, () => now, { verdict: () => undefined, next: () => next }) };
}

describe('an approval', () => {
  it('that names no number allows what was shown', () => {
    const { inbox, state } = listening();
    inbox.decide(approval);
    inbox.decide({ ...approval, by: 'bob', discardAtMost: 50 });

    expect(state.heard.decisions).toMatchObject([{ discardAtMost: 37 }, { discardAtMost: 50 }]);
  });

  it('where nothing would be discarded allows nothing', () => {
    const { inbox, state } = listening({ ...question, discards: undefined });
    inbox.decide(approval);

    expect(state.heard.decisions[0]?.discardAtMost).toBeUndefined();
  });

  it('that is refused is recorded with the reason, and the groups of whoever decided', () => {
    const { inbox, state } = listening();

    expect(inbox.decide({ ...approval, discardAtMost: 36, groups: ['sre'] })).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'DiscardExceeded' },
    });
    expect(state.heard.decisions).toMatchObject([{ refused: { code: 'DiscardExceeded' }, groups: ['sre'] }]);
    expect(inbox.wakes).toBe(0);
  });

  it('by the same person twice is answered, and counts once', () => {
    const { inbox } = listening();

    expect([inbox.decide(approval), inbox.decide(approval)].map(({ outcome }) => outcome)).toEqual([
      'taken',
      'refused',
    ]);
    expect(inbox.wakes).toBe(1);
  });
});

describe('a rejection', () => {
  it('allows nothing to be discarded', () => {
    const { inbox, state } = listening();
    inbox.decide({ ...approval, kind: 'reject' });

    expect(state.heard.decisions[0]).toMatchObject({ kind: 'reject', discardAtMost: undefined });
  });
});

describe('a decision typed into the Temporal UI', () => {
  it('is recorded as unattributed, whatever name was typed, and without the place-holder for a reason', () => {
    const { inbox, state } = listening();
    inbox.typedDecision('approve', {
      gate: 'synchronize',
      plan: '7f3a9c41',
      discardAtMost: 40,
      by: 'alice',
      reason: '...',
    });

    expect(state.heard.decisions).toEqual([
      {
        ...{ kind: 'approve', gate: 'synchronize', plan: '7f3a9c41', by: 'unattributed', how: 'temporal-ui' },
        ...{ discardAtMost: 40, at: now, epoch: 0 },
      },
    ]);
  });

  it.each<[string, unknown, boolean]>([
    ['nothing in it', {}, true],
    ['a number of entries', { discardAtMost: 0 }, true],
    ['a number that is none', { discardAtMost: '37' }, false],
    ['a negative number', { discardAtMost: -1 }, false],
    ['half an entry', { discardAtMost: 0.5 }, false],
    ['a gate that is a number', { gate: 1 }, false],
    ['bytes that could not be decoded', { undecodable: true }, false],
    ['a word', 'approve', false],
  ])('with %s is understood or not: %j', (_case, typed, understood) => {
    expect(isTypedDecision(typed)).toBe(understood);
  });
});

describe('the shape of a decision', () => {
  it.each<[string, object, boolean]>([
    ['as the API sends it', { groups: ['sre'], discardAtMost: 37 }, true],
    ['without groups', {}, true],
    ['groups that are one word', { groups: 'sre' }, false],
    ['groups that are no words', { groups: [1] }, false],
    ['more groups than anybody is in', { groups: Array.from({ length: 101 }, String) }, false],
    ['a number that is none', { discardAtMost: Number.NaN }, false],
    ['a way that nobody knows', { how: 'telepathy' }, false],
  ])('%s: %j', (_case, part, understood) => {
    expect(isDecision({ ...approval, ...part })).toBe(understood);
  });
});

describe('a flood of decisions', () => {
  it('that are refused pushes out none that counts', () => {
    const { inbox, state } = listening();
    inbox.decide(approval);
    for (let count = 0; count < 60; count += 1) inbox.decide({ ...approval, by: `b${count}`, plan: 'b21e0477' });

    expect(state.heard.decisions).toHaveLength(50);
    expect(state.heard.decisions[0]).toMatchObject({ by: 'alice', refused: undefined });
    expect(state.heard.decisions.at(-1)?.by).toBe('b59');
  });

  it('that are taken pushes out the oldest one', () => {
    const { inbox, state } = listening();
    for (let count = 0; count < 60; count += 1) inbox.decide({ ...approval, kind: 'hold', by: `b${count}` });

    expect(state.heard.decisions.map(({ by }) => by).slice(0, 2)).toEqual(['b10', 'b11']);
  });
});
