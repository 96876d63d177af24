import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './aws-error';
import { isMembers, type Members } from './members';
import type { Service } from './service';

/** One call as it came off the wire (awsJson1_1: POST, `X-Amz-Target`, a JSON object). */
export interface Call {
  service: Service;
  operation: string;
  input: Members;
  /** The raw User-Agent header. */
  userAgent: string;
}

export interface Reply {
  status: number;
  contentType: string;
  body: string;
  headers?: Record<string, string>;
}

const json = 'application/x-amz-json-1.1';

/** Smithy, "AWS JSON 1.1 protocol": the target names service and operation, the body is the input. */
export async function readCall(request: IncomingMessage, services: readonly Service[]): Promise<Call> {
  const body = await readBody(request);
  const [prefix, operation] = splitTarget(String(request.headers['x-amz-target'] ?? ''));
  const service = services.find(({ targetPrefix }) => targetPrefix === prefix);
  if (service === undefined || !Object.hasOwn(service.operations, operation)) {
    throw new AwsError('UnknownOperationException', 400, `The stand-in has no operation ${prefix}.${operation}.`);
  }
  checkScope(service, request.headers.authorization);
  return { service, operation, input: parseInput(body), userAgent: request.headers['user-agent'] ?? '' };
}

export function successReply(output: object): Reply {
  return { status: 200, contentType: json, body: JSON.stringify(output) };
}

export function errorReply(error: AwsError): Reply {
  const body = JSON.stringify({ __type: error.name, Message: error.message });
  return { status: error.httpStatus, contentType: json, body };
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function splitTarget(target: string): [prefix: string, operation: string] {
  const dot = target.lastIndexOf('.');
  return dot < 0 ? ['', target] : [target.slice(0, dot), target.slice(dot + 1)];
}

function parseInput(body: string): Members {
  try {
    const input: unknown = JSON.parse(body === '' ? '{}' : body);
    if (isMembers(input)) return input;
  } catch {
    // Refused below, like any other text that is no JSON object.
  }
  throw new AwsError('SerializationException', 400, 'The body is not a JSON object.');
}

/**
 * The signature itself is not verified, only its scope: `Credential=<key>/<day>/<region>/<service>/aws4_request`.
 * Global Accelerator has its control plane in us-west-2 alone (API reference, welcome page); a client for another
 * region would not find its host, so here it must not get an answer either.
 */
function checkScope(service: Service, authorization: string | undefined): void {
  const scope = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization ?? '');
  if (scope === null) throw new AwsError('MissingAuthenticationTokenException', 403, 'The request is not signed.');
  const [, region, name] = scope;
  if (name !== service.name || (service.onlyRegion !== undefined && region !== service.onlyRegion)) {
    const wanted = `${service.onlyRegion ?? region}/${service.name}`;
    throw new AwsError('InvalidSignatureException', 403, `Credential should be scoped to ${wanted}.`);
  }
}
