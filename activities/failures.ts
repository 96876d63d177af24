import { ApplicationFailure } from '@temporalio/common';
import { OperatingFailure, type FailureType } from '../domain/failure-types';
import type { ActivityDependencies, ConfiguredPair } from './dependencies';

/** An operating failure as Temporal carries it: `type` from the catalogue, `nonRetryable` written out, cause kept. */
export function applicationFailure(type: FailureType, message: string, retryable: boolean, cause?: unknown) {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !retryable,
    ...(cause instanceof Error ? { cause } : {}),
  });
}

export function asApplicationFailure(error: unknown): unknown {
  if (!(error instanceof OperatingFailure)) return error;
  return applicationFailure(error.type, error.message, error.retryable, error.cause);
}

/** Retryable: a worker with the right configuration may come. */
export function configuredPair({ sitePairs }: ActivityDependencies, name: string): ConfiguredPair {
  const configured = sitePairs.get(name);
  if (configured) return configured;
  throw applicationFailure('PairUnknown', `This worker's configuration has no site pair "${name}".`, true);
}
