import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Protocol, WireRequest } from '../protocols/protocol';
import { element, escaped } from '../protocols/xml';

const contentType = 'application/xml';
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A member of an answer that is sent in a header, and the bytes that are sent as they are. */
export interface ObjectAnswer {
  headers: Record<string, string>;
  contentType?: string;
  body?: Buffer;
}

export interface ListAnswer {
  list: readonly (readonly [name: string, text: string])[];
  contents: readonly (readonly (readonly [name: string, text: string])[])[];
}

/** By method, for a bucket and for what is in it. */
const operations: Readonly<Record<string, string>> = {
  'GET bucket': 'ListObjectsV2',
  'GET object': 'GetObject',
  'PUT object': 'PutObject',
};

/** What of a request is looked at. Everything else that changes its meaning is refused, not passed over. */
const parameters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ListObjectsV2: {
    'list-type': 'ListType',
    prefix: 'Prefix',
    'max-keys': 'MaxKeys',
    'continuation-token': 'ContinuationToken',
    'encoding-type': 'EncodingType',
    'x-id': 'Id',
  },
  GetObject: { 'x-id': 'Id' },
  PutObject: { 'x-id': 'Id' },
};
/** Of the request as such: of its signature, its transport, its checksums. */
const ofEveryRequest =
  /^x-amz-(date|content-sha256|security-token|user-agent|sdk-checksum-algorithm|checksum-crc32|checksum-mode)$/;
const conditions = new Set(['if-match', 'if-modified-since', 'if-unmodified-since', 'range']);

export const notImplemented = (what: string) =>
  new AwsError('NotImplemented', 501, `${what} implies functionality that is not implemented.`);

/** S3's own: Smithy's "AWS restXml protocol" with the bucket in the path, and errors without a wrapping element. */
export const s3Protocol: Protocol = {
  unknownOperation: 'NotImplemented',

  /** S3's requests alone say what they signed of their body, and name no target. */
  operationOf(request) {
    const { headers, method } = request;
    if (headers['x-amz-content-sha256'] === undefined || headers['x-amz-target'] !== undefined) return undefined;
    const { key } = pathOf(request);
    const what = `${method} ${key === '' ? 'bucket' : 'object'}`;
    return operations[what] ?? what;
  },

  inputOf(request) {
    const { headers, body } = request;
    const operation = s3Protocol.operationOf(request) ?? '';
    const { bucket, key } = pathOf(request);
    assertBody(request);
    const unknown = Object.keys(headers).find(
      (name) => conditions.has(name) || (name.startsWith('x-amz-') && !ofEveryRequest.test(name)),
    );
    if (unknown !== undefined) throw notImplemented(`The header ${unknown}`);
    return {
      Bucket: bucket,
      ...(key !== '' && { Key: key }),
      ...queryOf(request, parameters[operation] ?? {}),
      IfNoneMatch: headers['if-none-match'],
      ContentType: headers['content-type'],
      Crc32: headers['x-amz-checksum-crc32'],
      Body: body,
    };
  },

  success(_, output) {
    if ('list' in output) return { status: 200, contentType, body: listDocument(output as ListAnswer) };
    const { headers, contentType: ofObject = contentType, body = '' } = output as ObjectAnswer;
    return { status: 200, contentType: ofObject, body, headers };
  },

  failure({ name, message, httpStatus }) {
    const said = element('Code', name) + element('Message', escaped(message)) + element('RequestId', randomUUID());
    return { status: httpStatus, contentType, body: element('Error', said) };
  },
};

/** `/<bucket>/<key>`: the only form that needs no DNS name for each bucket. */
function pathOf({ target }: WireRequest): { bucket: string; key: string } {
  const [path = ''] = target.split('?', 1);
  const [, bucket = '', ...rest] = path.split('/').map(decoded);
  return { bucket, key: rest.join('/') };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

function queryOf({ target }: WireRequest, known: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(target.split('?')[1] ?? '')) {
    const member = known[name];
    if (member === undefined) throw notImplemented(`The parameter ${name}`);
    found[member] = value;
  }
  return found;
}

function assertBody({ headers, body }: WireRequest): void {
  const said = String(headers['x-amz-content-sha256']);
  if (said === 'UNSIGNED-PAYLOAD') return;
  if (said.startsWith('STREAMING-')) throw notImplemented('A body in signed chunks');
  if (said === createHash('sha256').update(body).digest('hex')) return;
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

function listDocument({ list, contents }: ListAnswer): string {
  const members = (named: readonly (readonly [string, string])[]) =>
    named.map(([name, text]) => element(name, escaped(text))).join('');
  const each = contents.map((object) => element('Contents', members(object))).join('');
  return `<ListBucketResult xmlns="${namespace}">${members(list)}${each}</ListBucketResult>`;
}
