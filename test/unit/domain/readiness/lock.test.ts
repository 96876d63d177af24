import { lockFindings, type OuterLockReport } from '../../../../domain/readiness/lock';
import { read, unread } from '../../../support/observations';
import { surroundings } from '../../../support/surroundings';

const findings = (outerLock?: OuterLockReport) => lockFindings({ surroundings: surroundings({ outerLock }) });
const silent = { store: unread('LockUnavailable'), says: 'The store of locks did not answer in time.' };

describe('the outer lock, in peace', () => {
  it('is not looked at where the pair has none', () => {
    expect(findings()).toEqual({ notLookedAt: 'the pair has no outer lock' });
  });

  it('is nothing to tell of while its store answers', () => {
    expect(findings({ store: read(true as const), fenceWaits: true })).toEqual([]);
    expect(findings({ store: read(true as const), fenceWaits: false })).toEqual([]);
  });

  it('that cannot be asked for keeps a fence waiting, where the configuration says so', () => {
    expect(findings({ ...silent, fenceWaits: true })).toEqual([
      {
        what: 'the outer lock cannot be asked for (LockUnavailable: The store of locks did not answer in time)',
        consequence:
          'no fence is sent until it can (fenceWaits), and both sites go on writing in a split; what brings a site back waits too',
        fix: expect.stringContaining('docs/runbooks/lock.md') as string,
      },
    ]);
  });

  it('that cannot be asked for keeps nobody out of a fence that goes on, and what brings a site back waits', () => {
    expect(findings({ ...silent, fenceWaits: false })).toMatchObject([
      {
        consequence:
          'a fence goes on without it, and keeps no other automation out; what brings a site back waits until it can',
      },
    ]);
  });

  it('that did not answer within its bound is told without words of its store', () => {
    expect(findings({ store: unread('NotObserved'), fenceWaits: false })).toMatchObject([
      { what: 'the outer lock cannot be asked for (NotObserved)' },
    ]);
  });
});
