import { NodeHttpHandler } from '@smithy/node-http-handler';

/* What every gateway to AWS knows of the SDK for JavaScript, version 3. */

/** The parts of an SDK error that are looked at (ServiceException, and what Node throws below it). */
export interface SdkError {
  name?: string;
  message?: string;
  code?: string;
  $fault?: 'client' | 'server';
  $metadata?: { httpStatusCode?: number };
}

/** `requestTimeout` alone only logs a warning (NodeHttpHandlerOptions). */
export function requestHandler({ requestTimeout }: { requestTimeout: number }): NodeHttpHandler {
  return new NodeHttpHandler({ connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true });
}

/** The SDK obeys its abort signal only once it has credentials; for `endedBy` around a call, as the SDK words it. */
export function timeIsUp(): Error {
  return Object.assign(new Error('The time is up.'), { name: 'AbortError' });
}

export function isTimeUp({ name }: SdkError): boolean {
  return name === 'AbortError' || name === 'TimeoutError';
}

/** Why a connection failed, as in ECONNRESET: the SDK wraps some of Node's errors and keeps their code in the text only. */
export function connectionCode({ code, name = 'Error', message = '' }: SdkError): string {
  return code ?? /\bE[A-Z]{4,}\b/.exec(message)?.[0] ?? name;
}
