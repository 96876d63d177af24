import { paceOf, wait, type Next } from '../../../domain/next';
import { refusal } from '../../../domain/refusals';

const command = { kind: 'takeBackupOffline', onSite: 'site-a', backupSite: 'site-b' } as const;

describe('next', () => {
  it('waits at a fast pace unless told otherwise', () => {
    expect(wait('the link')).toEqual({ kind: 'wait', for: 'the link', until: undefined, pace: 'fast' });
    expect(wait('a person', { pace: 'slow', until: 5 })).toMatchObject({ until: 5, pace: 'slow' });
  });

  it.each<[Next, 'fast' | 'slow']>([
    [wait('the link'), 'fast'],
    [wait('a person', { pace: 'slow' }), 'slow'],
    [{ kind: 'ask', gate: 'keepSite', question: 'Which?', answers: [] }, 'slow'],
    [{ kind: 'blocked', command, type: 'InfinispanFailed', message: 'no', since: 1, can: ['retry'] }, 'slow'],
    [{ kind: 'refuse', refusal: refusal('TrafficUnknown') }, 'fast'],
    [{ kind: 'do', command, because: 'a test' }, 'fast'],
  ])('looks again after $kind', (next, pace) => {
    expect(paceOf(next)).toBe(pace);
  });
});
