import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import { connectionFault } from '../http-answers';

export function infinispanFailure(
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
    return infinispanFailure('InfinispanUntrusted', message, { retryable: false, cause: error });
  }
  if (kind === 'notHttp') return unreadable(`${what}: the answer is not HTTP (${code}).`, error);
  const message = kind === 'late' ? `${what}: no answer in time.` : `${what}: the connection failed (${code}).`;
  return infinispanFailure('InfinispanUnreachable', message, { retryable: true, cause: error });
}

/**
 * Names an answer that is not 2xx (REST API guide, "Cross-site operations with the REST API"; 401 is the caller's).
 * Of the body only Infinispan's own message is repeated: whoever else answers may echo the request.
 */
export function statusFailure(what: string, status: number, body: string): OperatingFailure {
  const said = /ISPN\d{6}:[^\r\n]{1,160}/.exec(body)?.[0];
  const message = `${what}: answered ${status}${said ? `, ${said}` : ''}.`;
  if (status === 401) return infinispanFailure('InfinispanUnauthorized', message, { retryable: false });
  if (status === 403) return infinispanFailure('InfinispanDenied', message, { retryable: false });
  if (status === 404) return infinispanFailure('InfinispanNotFound', message, { retryable: false });
  // A redirect is somebody else's answer; it is not followed, as the credentials would go along.
  if (status < 400) return unreadable(message);
  // 503 is a container that is still starting.
  const retryable = status >= 500 || status === 408 || status === 429;
  return infinispanFailure('InfinispanFailed', message, { retryable });
}

export function unreadable(message: string, cause?: unknown): OperatingFailure {
  return infinispanFailure('InfinispanAnswerUnreadable', message, { retryable: true, cause });
}
