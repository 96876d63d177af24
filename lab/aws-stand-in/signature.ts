import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../domain/time';
import { AwsError } from './aws-error';
import type { WireRequest } from './protocols/protocol';
import type { CallScope, Service } from './service';

export interface SignatureRules {
  /** AWS's own time. */
  now: EpochMs;
  /** Secrets by access key id; undefined lets every key in and looks at no signature. */
  accessKeys: Readonly<Record<string, string>> | undefined;
}

interface Authorization {
  accessKeyId: string;
  day: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

/**
 * Checks how a request is signed (IAM user guide, "AWS Signature Version 4 for API requests"): for which region and
 * service, when, and with which secret. Throws the AwsError with which the service refuses.
 */
export function checkSignature(service: Service, request: WireRequest, rules: SignatureRules): CallScope {
  const authorization = authorizationIn(request);
  if (authorization === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 403, 'The request is not signed.');
  }
  const refuse = (message: string) => new AwsError(...service.errors.badSignature, message);
  const { region } = authorization;
  // Global Accelerator has its control plane in us-west-2 alone (API reference, welcome page); a client for another
  // region would not find its host, so here it must not get an answer either.
  if (authorization.service !== service.name || (service.onlyRegion !== undefined && region !== service.onlyRegion)) {
    throw refuse(`Credential should be scoped to ${service.onlyRegion ?? region}/${service.name}.`);
  }
  const skew = skewIn(String(request.headers['x-amz-date']), rules.now);
  if (skew !== undefined) throw refuse(skew);
  if (rules.accessKeys !== undefined) checkKey(authorization, { service, request, accessKeys: rules.accessKeys });
  return { region };
}

/** `Credential=<key>/<day>/<region>/<service>/aws4_request, SignedHeaders=a;b, Signature=<hex>` */
function authorizationIn({ headers }: WireRequest): Authorization | undefined {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const found = form.exec(headers.authorization ?? '');
  if (found === null) return undefined;
  const [, accessKeyId = '', day = '', region = '', service = '', signedHeaders = '', signature = ''] = found;
  return { accessKeyId, day, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

const toleratedMinutes = 5;

/** @returns the sentence with which AWS refuses a time that differs from its own by more than five minutes. */
function skewIn(signedAt: string, now: EpochMs): string | undefined {
  const time = Date.parse(signedAt.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(time)) return 'The request has no X-Amz-Date.';
  const toleratedMs = toleratedMinutes * 60_000;
  const bound = (ms: number, sign: string) => `${compact(now + ms)} (${compact(now)} ${sign} ${toleratedMinutes} min.)`;
  if (time < now - toleratedMs) {
    return `Signature expired: ${signedAt} is now earlier than ${bound(-toleratedMs, '-')}`;
  }
  if (time > now + toleratedMs) {
    return `Signature not yet current: ${signedAt} is still later than ${bound(toleratedMs, '+')}`;
  }
  return undefined;
}

const compact = (at: EpochMs) => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

function checkKey(
  authorization: Authorization,
  { service, request, accessKeys }: { service: Service; request: WireRequest; accessKeys: Record<string, string> },
): void {
  const secret = Object.hasOwn(accessKeys, authorization.accessKeyId)
    ? accessKeys[authorization.accessKeyId]
    : undefined;
  if (secret === undefined) {
    throw new AwsError(...service.errors.unknownKey, 'The security token included in the request is invalid.');
  }
  const expected = Buffer.from(signatureOf(authorization, request, secret), 'hex');
  if (timingSafeEqual(expected, Buffer.from(authorization.signature, 'hex'))) return;
  throw new AwsError(
    ...service.errors.badSignature,
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  );
}

function signatureOf(authorization: Authorization, request: WireRequest, secret: string): string {
  const { day, region, service } = authorization;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const canonical = sha256(canonicalRequest(request, authorization.signedHeaders));
  const text = ['AWS4-HMAC-SHA256', String(request.headers['x-amz-date']), scope, canonical].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
  return hmac(key, text).toString('hex');
}

function canonicalRequest(request: WireRequest, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = request.target.split('?', 2);
  const headers = signedHeaders.map((name) => `${name}:${valueOf(name, request)}\n`).join('');
  const parameters = query.split('&').sort().join('&');
  return [request.method, path, parameters, headers, signedHeaders.join(';'), payloadOf(request)].join('\n');
}

/** S3's callers say in a header what they signed: a body's hash, or that they signed none (S3 API reference, "SigV4"). */
function payloadOf({ headers, body }: WireRequest): string {
  const said = headers['x-amz-content-sha256'];
  return said === 'UNSIGNED-PAYLOAD' ? said : sha256(body);
}

/** All values of a header, in the order of the wire: Node joins only some of them. */
function valueOf(name: string, { rawHeaders }: WireRequest): string {
  return rawHeaders
    .filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
    .map((value) => value.trim().replace(/ +/g, ' '))
    .join(',');
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
