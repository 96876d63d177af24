import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import { connectionFault } from '../http-answers';

export function keycloakFailure(
  type: FailureType,
  message: string,
  options: { retryable: boolean; cause?: unknown },
): OperatingFailure {
  return new OperatingFailure(type, message, options);
}

/** Names what kept an answer from arriving. */
export function connectionFailure(what: string, error: unknown): OperatingFailure {
  if (error instanceof OperatingFailure) return error;
  const { kind, code } = connectionFault(error);
  if (kind === 'untrusted') {
    const message = `${what}: the server's certificate is not trusted (${code}).`;
    return keycloakFailure('KeycloakUntrusted', message, { retryable: false, cause: error });
  }
  if (kind === 'notHttp') return unreadable(`${what}: the answer is not HTTP (${code}).`, error);
  const message = kind === 'late' ? `${what}: no answer in time.` : `${what}: the connection failed (${code}).`;
  return keycloakFailure('KeycloakUnreachable', message, { retryable: true, cause: error });
}

/** Names an answer that is not 2xx by its status alone: whoever answers may echo what was sent. */
export function statusFailure(what: string, status: number): OperatingFailure {
  const message = `${what}: answered ${status}.`;
  if (status === 401) return keycloakFailure('KeycloakUnauthorized', message, { retryable: false });
  if (status === 403) return keycloakFailure('KeycloakDenied', message, { retryable: false });
  // A redirect is not followed, as the credentials would go along.
  if (status < 400) return unreadable(message);
  const retryable = status >= 500 || status === 408 || status === 429;
  return keycloakFailure('KeycloakFailed', message, { retryable });
}

export function unreadable(message: string, cause?: unknown): OperatingFailure {
  return keycloakFailure('KeycloakAnswerUnreadable', message, { retryable: true, cause });
}
