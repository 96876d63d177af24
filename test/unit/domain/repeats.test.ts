import { repeatedDecision, repeatedRequest } from '../../../domain/repeats';
import { refusal } from '../../../domain/refusals';
import type { Decision, GoalRequest, HeardDecision, HeardRequest } from '../../../domain/heard';

const now = Date.parse('2026-11-22T03:12:00Z');
const request: GoalRequest = { id: 'one', goal: 'fence', site: 'site-b', by: 'alice', reason: 'a test' };
const decision: Decision = { id: 'one', kind: 'approve', gate: 'fence', plan: '1234abcd', by: 'alice', how: 'api' };

describe('a request that comes again', () => {
  const heard: HeardRequest[] = [{ ...request, at: now, refused: refusal('SiteUnknown') }];

  it('is the one that was heard, whatever became of it', () => {
    expect(repeatedRequest(heard, { ...request, forSeconds: undefined })).toEqual({ heard: heard[0] });
  });

  it('under a new id is a new one', () => {
    expect(repeatedRequest(heard, { ...request, id: 'two' })).toBeUndefined();
  });

  it.each([{ site: 'site-a' }, { goal: 'pause' as const }, { reason: 'another' }, { by: 'bob' }, { forSeconds: 60 }])(
    'is another one with %j: its id is taken',
    (change) => {
      expect(repeatedRequest(heard, { ...request, ...change })?.reused?.code).toBe('KeyReused');
    },
  );
});

describe('a decision that comes again', () => {
  const heard: HeardDecision[] = [{ ...decision, at: now, epoch: 2 }];

  it('is the one that was heard, also when its author is in other groups by now', () => {
    expect(repeatedDecision(heard, { ...decision, groups: ['sre'] })).toEqual({ heard: heard[0] });
  });

  it('without an id is a new one', () => {
    const { id: _id, ...unnamed } = decision;

    expect(repeatedDecision([{ ...unnamed, at: now, epoch: 2 }], unnamed)).toBeUndefined();
  });

  it.each([
    { kind: 'reject' as const },
    { gate: 'siteOnline' },
    { plan: 'ffffffff' },
    { site: 'site-a' },
    { by: 'bob' },
    { how: 'cli' as const },
    { reason: 'why' },
    { discardAtMost: 7 },
  ])('is another one with %j: its id is taken', (change) => {
    expect(repeatedDecision(heard, { ...decision, ...change })?.reused?.code).toBe('KeyReused');
  });
});
