import { failureTypes, OperatingFailure } from '../../../domain/failure-types';

describe('operating failure', () => {
  it('carries its type, whether a repeat may help, and its cause', () => {
    const cause = new Error('ECONNREFUSED');

    const failure = new OperatingFailure('InfinispanUnreachable', 'no answer', { retryable: true, cause });

    expect(failure).toMatchObject({ name: 'OperatingFailure', type: 'InfinispanUnreachable', retryable: true, cause });
  });

  it.each(Object.entries(failureTypes))('says in a sentence what happened: %s', (_type, sentence) => {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('has no cause where none is known', () => {
    const failure = new OperatingFailure('PairUnknown', 'no such pair', { retryable: false });

    expect('cause' in failure).toBe(false);
  });
});
