import { z } from 'zod';
import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import { connectionCode, isTimeUp, type SdkError } from '../aws-sdk';

/** API reference, common errors; the others come from the SDK when it finds no credentials. */
const credentialErrors =
  /^(AccessDenied|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|NotAuthorized|OptInRequired|CredentialsProviderError|TokenProviderError)/;
// ConflictException belongs to no call of ours; like TransactionInProgressException it passes by itself.
const busyErrors =
  /^(Throttling|ThrottledException|TooManyRequests|RequestLimitExceeded|SlowDown|TransactionInProgress|Conflict)/;

/** Names what went wrong in a call to Global Accelerator; what is an `OperatingFailure` already stays as it is. */
export function toFailure(operation: string, error: unknown): OperatingFailure {
  if (error instanceof OperatingFailure) return error;
  const sdkError = (error ?? {}) as SdkError;
  const { name = 'Error', $metadata, $fault } = sdkError;
  const status = $metadata?.httpStatusCode ?? 0;

  if (isTimeUp(sdkError)) {
    return failure('TrafficUnreachable', `Global Accelerator did not answer ${operation} in time.`, true, error);
  }
  if (error instanceof SyntaxError || error instanceof z.ZodError) {
    return failure('TrafficAnswerUnreadable', `The answer to ${operation} cannot be understood.`, true, error);
  }
  if (busyErrors.test(name) || status === 429) return refused('TrafficThrottled', true);
  // No cause: an AWS message about a wrong signature repeats the signed headers, the session token among them.
  if (credentialErrors.test(name) || status === 401) return refused('TrafficDenied', false, { withCause: false });
  if (name.endsWith('NotFoundException')) return refused('TrafficNotFound', false);
  if ($fault === 'server' || status >= 500) return refused('TrafficUnreachable', true);
  if ($fault === 'client' || status >= 400) return refused('TrafficRejected', false);
  const message = `The connection for ${operation} failed (${connectionCode(sdkError)}).`;
  return failure('TrafficUnreachable', message, true, error);

  function refused(type: FailureType, retryable: boolean, options = { withCause: true }) {
    const message = `${operation} was answered with ${name}${firstLine(sdkError.message)}.`;
    return failure(type, message, retryable, options.withCause ? error : undefined);
  }
}

function failure(type: FailureType, message: string, retryable: boolean, cause: unknown) {
  return new OperatingFailure(type, message, { retryable, cause });
}

function firstLine(message: string | undefined): string {
  const line = message?.split('\n')[0]?.trim().slice(0, 200).replace(/\.$/, '');
  return line ? `: ${line}` : '';
}
