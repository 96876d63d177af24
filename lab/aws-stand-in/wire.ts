import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './aws-error';
import type { Members } from './members';
import type { Reply, WireRequest } from './protocols/protocol';
import type { CallScope, Service } from './service';

/** One call as it came off the wire. */
export interface Call {
  service: Service;
  operation: string;
  input: Members;
  scope: CallScope;
  /** The raw User-Agent header. */
  userAgent: string;
}

/** Fails when the caller hangs up before its request is whole. */
export async function readRequest(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers, rawHeaders } = request;
  return { method, target: url, headers, rawHeaders, body: Buffer.concat(chunks) };
}

/** The service and the operation that a request names, whether or not the service has it. */
export function addresseeOf(request: WireRequest, services: readonly Service[]) {
  for (const service of services) {
    const operation = service.protocol.operationOf(request);
    if (operation !== undefined) return { service, operation };
  }
  return undefined;
}

export function unknownOperation({ service, operation }: { service: Service; operation: string }): AwsError {
  const { unknownOperation: name } = service.protocol;
  return new AwsError(name, 400, `The stand-in has no operation ${service.name} ${operation}.`);
}

/** Header and body leave in one write: two writes meet delayed acknowledgements and cost 40 ms. */
export function writeReply(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    'Content-Type': reply.contentType,
    'Content-Length': Buffer.byteLength(reply.body),
    'x-amzn-RequestId': randomUUID(),
    ...reply.headers,
  });
  response.end(reply.body);
}
