import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from '../aws-error';
import type { Members } from '../members';

/** A request, read whole. */
export interface WireRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  rawHeaders: readonly string[];
  body: Buffer;
}

export interface Reply {
  status: number;
  contentType: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

/** How one service's calls look on the wire (Smithy, "AWS protocols"). */
export interface Protocol {
  /** The operation that the request names; undefined where it is no call to this service. */
  operationOf(request: WireRequest): string | undefined;
  /** Throws an AwsError for a body that cannot be read. */
  inputOf(request: WireRequest): Members;
  success(operation: string, output: object): Reply;
  failure(error: AwsError): Reply;
  /** Shape name of the answer to an operation that the service does not have. */
  unknownOperation: string;
}
