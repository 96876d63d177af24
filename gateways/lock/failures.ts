import { OperatingFailure } from '../../domain/failure-types';
import type { LockLease } from '../ports';

export function lost({ name, owner }: Pick<LockLease, 'name' | 'owner'>, why: string): OperatingFailure {
  return new OperatingFailure('LockLost', `The lock ${name} is no longer held by ${owner}: ${why}.`, {
    retryable: true,
  });
}

export function unavailable(why: string, options: { retryable?: boolean; cause?: unknown } = {}): OperatingFailure {
  const { retryable = true, cause } = options;
  return new OperatingFailure('LockUnavailable', `The store of locks ${why}.`, { retryable, cause });
}
