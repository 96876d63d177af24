import { crc32 } from 'node:zlib';
import { AwsError } from '../aws-error';
import type { Members } from '../members';
import type { Service } from '../service';
import type { Buckets, StoredObject } from './buckets';
import { notImplemented, s3Protocol, type ListAnswer, type ObjectAnswer } from './protocol';

/** In UTF-8 bytes (S3 user guide, "Naming Amazon S3 objects"). */
const longestKey = 1_024;
/** S3 API reference, ListObjectsV2: what is asked for beyond it counts as so many. */
const mostKeys = 1_000;

const text = (input: Members, name: string): string | undefined => {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
};

/** S3 of one account, as far as an archive needs it: PutObject (also If-None-Match: *), GetObject and ListObjectsV2. */
export function s3(buckets: Buckets): Service {
  return {
    name: 's3',
    protocol: s3Protocol,
    operations: {
      PutObject: (input) => putObject(buckets, input),
      GetObject: (input) => getObject(buckets, input),
      ListObjectsV2: (input) => listObjects(buckets, input),
    },
    errors: {
      accessDenied: ['AccessDenied', 403],
      throttled: ['SlowDown', 503],
      internal: ['InternalError', 500],
      badSignature: ['SignatureDoesNotMatch', 403],
      unknownKey: ['InvalidAccessKeyId', 403],
    },
  };
}

/** A condition is looked at and the object written in one step, as S3 does it. */
function putObject(buckets: Buckets, input: Members): ObjectAnswer {
  const { bucket, key } = addressed(buckets, input);
  const condition = text(input, 'IfNoneMatch');
  const crc = text(input, 'Crc32');
  const body = input.Body as Buffer;
  if (condition !== undefined && condition !== '*') throw notImplemented('A header you provided');
  if (crc !== undefined && crc !== crcOf(body)) {
    throw new AwsError('BadDigest', 400, 'The CRC32 you specified did not match what was received.');
  }
  if (condition === '*' && buckets.get(bucket, key)) {
    const message = 'At least one of the pre-conditions you specified did not hold';
    throw new AwsError('PreconditionFailed', 412, message);
  }
  const { etag } = buckets.put(bucket, key, body, text(input, 'ContentType'));
  return { headers: { ETag: etag, 'x-amz-checksum-crc32': crcOf(body), 'x-amz-checksum-type': 'FULL_OBJECT' } };
}

function getObject(buckets: Buckets, input: Members): ObjectAnswer {
  const { bucket, key } = addressed(buckets, input);
  if (text(input, 'IfNoneMatch') !== undefined) throw notImplemented('The header if-none-match');
  const found = buckets.get(bucket, key);
  if (!found) throw new AwsError('NoSuchKey', 404, 'The specified key does not exist.');
  const { body, contentType, etag, at } = found;
  const headers = { ETag: etag, 'Last-Modified': new Date(at).toUTCString(), 'x-amz-checksum-crc32': crcOf(body) };
  return { headers, contentType, body };
}

function listObjects(buckets: Buckets, input: Members): ListAnswer {
  const bucket = bucketOf(buckets, input);
  if (text(input, 'ListType') !== '2') throw notImplemented('A list that is not of type 2');
  const prefix = text(input, 'Prefix') ?? '';
  const wanted = Number(text(input, 'MaxKeys') ?? mostKeys);
  if (!Number.isInteger(wanted) || wanted < 0) {
    throw new AwsError('InvalidArgument', 400, 'Argument maxKeys must be an integer between 0 and 2147483647');
  }
  const token = text(input, 'ContinuationToken');
  const after = token === undefined ? undefined : keyIn(token);
  const all = buckets.list(bucket, prefix);
  const rest = after === undefined ? all : all.filter(({ key }) => Buffer.from(key).compare(Buffer.from(after)) > 0);
  const page = rest.slice(0, Math.min(wanted, mostKeys));
  const last = page.length < rest.length ? page.at(-1) : undefined;
  const urlEncoded = text(input, 'EncodingType') === 'url';
  const encoded = (value: string) => (urlEncoded ? encodeURIComponent(value).replaceAll('%2F', '/') : value);
  return {
    list: [
      ['Name', bucket],
      ['Prefix', encoded(prefix)],
      ...(urlEncoded ? [['EncodingType', 'url'] as const] : []),
      ['KeyCount', String(page.length)],
      ['MaxKeys', String(Math.min(wanted, mostKeys))],
      ['IsTruncated', String(last !== undefined)],
      ...(token === undefined ? [] : [['ContinuationToken', token] as const]),
      ...(last === undefined ? [] : [['NextContinuationToken', tokenOf(last.key)] as const]),
    ],
    contents: page.map((object) => contentsOf(object, encoded)),
  };
}

function contentsOf({ key, at, etag, body }: StoredObject, encoded: (value: string) => string) {
  return [
    ['Key', encoded(key)],
    ['LastModified', new Date(at).toISOString()],
    ['ETag', etag],
    ['Size', String(body.length)],
    ['StorageClass', 'STANDARD'],
  ] as const;
}

/** Callers must not look into it, so it looks like nothing that they know. */
const tokenOf = (key: string) => Buffer.from(`after ${key}`).toString('base64');

function keyIn(token: string): string {
  const key = /^after (.+)$/s.exec(Buffer.from(token, 'base64').toString('utf8'))?.[1];
  if (key !== undefined) return key;
  throw new AwsError('InvalidArgument', 400, 'The continuation token provided is incorrect');
}

function addressed(buckets: Buckets, input: Members): { bucket: string; key: string } {
  const bucket = bucketOf(buckets, input);
  const key = text(input, 'Key') ?? '';
  if (Buffer.byteLength(key) > longestKey) throw new AwsError('KeyTooLongError', 400, 'Your key is too long');
  return { bucket, key };
}

function bucketOf(buckets: Buckets, input: Members): string {
  const bucket = text(input, 'Bucket') ?? '';
  if (buckets.has(bucket)) return bucket;
  throw new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist');
}

/** As its header has it: the four bytes in base64. */
function crcOf(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}
