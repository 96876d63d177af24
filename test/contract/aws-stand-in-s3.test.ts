/** The S3 of the stand-in against botocore: its client, and its model of what answers hold. */
import type { AwsStandInOptions } from '../../lab/aws-stand-in';
import { closeAll, start } from '../support/aws-account';
import { startBoto3, type Boto3, type BotoCall } from '../support/boto3-client';
import { problemsIn } from '../support/service-model';

let python: Boto3;
beforeAll(() => (python = startBoto3()));
afterEach(closeAll);
afterAll(() => python.close());

const Bucket = 'archive';
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
type Answer = Readonly<Record<string, unknown>>;

async function account(options: AwsStandInOptions = {}) {
  const standIn = await start(options);
  standIn.buckets.create(Bucket);
  const call = async (operation: string, input: object = {}, rest: Partial<BotoCall> = {}) => {
    const { result, error } = await python.call({
      url: standIn.url,
      service: 's3',
      operation,
      arguments: { Bucket, ...input },
      ...rest,
    });
    return { result: result as Answer, error };
  };
  const put = (Key: string, Body: string, rest: object = {}) => call('put_object', { Key, Body, ...rest });
  return { standIn, call, put };
}

describe('S3 through boto3', () => {
  it('gives an object back as it was put', async () => {
    const { standIn, call, put } = await account();
    const Key = 'reports/ä b/+1&2.json';
    const put1 = await put(Key, 'Zürich\n\u2028', { ContentType: 'application/json' });

    const { result } = await call('get_object', { Key });

    expect(result).toMatchObject({ Body: 'Zürich\n\u2028', ContentType: 'application/json', ContentLength: 11 });
    expect(result.ETag).toBe(put1.result.ETag);
    expect(standIn.buckets.list(Bucket, '').map(({ key }) => key)).toEqual([Key]);
  });

  it('puts on the condition that nothing is there, and says so where something is', async () => {
    const { call, put } = await account();

    const first = await put('one', '1', { IfNoneMatch: '*' });
    const second = await put('one', '2', { IfNoneMatch: '*' });
    const unconditional = await put('two', '1');

    expect([first.error, unconditional.error]).toEqual([undefined, undefined]);
    expect(second.error).toMatchObject({ code: 'PreconditionFailed', httpStatus: 412 });
    expect((await call('get_object', { Key: 'one' })).result.Body).toBe('1');
    await put('two', '2');
    expect((await call('get_object', { Key: 'two' })).result.Body).toBe('2');
  });

  it('lets one of many through that put at once on that condition', async () => {
    const { standIn } = await account();
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const client = new S3Client({
      endpoint: standIn.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });

    const puts = Array.from({ length: 10 }, (_, index) =>
      client.send(new PutObjectCommand({ Bucket, Key: 'one', Body: `${index}`, IfNoneMatch: '*' })).then(
        () => 'put',
        (error: Error) => error.name,
      ),
    );

    expect((await Promise.all(puts)).sort()).toEqual([...Array<string>(9).fill('PreconditionFailed'), 'put'].sort());
    client.destroy();
  });

  it('lists what begins with a prefix, page by page, in the order of bytes', async () => {
    const { standIn, call } = await account();
    for (const key of ['b/2', 'a/10', 'a/9', 'a/é', 'a/Z', 'c']) standIn.buckets.put(Bucket, key, 'text');
    const keysOf = (pages: unknown) =>
      (pages as { Contents?: { Key: string }[] }[]).map(({ Contents = [] }) => Contents.map(({ Key }) => Key));

    const pages = await call('list_objects_v2', { Prefix: 'a/' }, { paginate: 3 });
    const none = await call('list_objects_v2', { Prefix: 'd' });

    expect(keysOf(pages.result)).toEqual([['a/10', 'a/9', 'a/Z'], ['a/é']]);
    expect(none.result).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect(none.result).not.toHaveProperty('Contents');
  });

  it('names its errors so that botocore knows their classes', async () => {
    const { standIn, call, put } = await account();
    const get = async (Key = 'one', rest: Partial<BotoCall> = {}) => (await call('get_object', { Key }, rest)).error;

    expect(await get()).toMatchObject({ class: 'NoSuchKey', httpStatus: 404 });
    expect((await call('list_objects_v2', { Bucket: 'other' })).error).toMatchObject({ class: 'NoSuchBucket' });
    expect((await put('x'.repeat(1_025), '')).error).toMatchObject({ code: 'KeyTooLongError', httpStatus: 400 });
    standIn.faults.script([{ kind: 'throttle' }, { kind: 'accessDenied' }, { kind: 'internalError' }]);
    expect(await get()).toMatchObject({ code: 'SlowDown', httpStatus: 503 });
    expect(await get()).toMatchObject({ code: 'AccessDenied', httpStatus: 403 });
    expect(await get()).toMatchObject({ code: 'InternalError', httpStatus: 500 });
  });

  it('is signed for with the right key, at the right time, with path, parameters and body', async () => {
    const { standIn, call, put } = await account({ accessKeys: { AKIDEXAMPLE: 'secret' } });
    const list = async (rest: Partial<BotoCall>) =>
      (await call('list_objects_v2', { Prefix: 'a b/é~+' }, rest)).error?.code;

    expect((await put('a b/é~+', 'text')).error).toBeUndefined();
    expect(await list({})).toBeUndefined();
    expect(await list({ secret: 'another' })).toBe('SignatureDoesNotMatch');
    expect(await list({ key: 'AKIDOTHER' })).toBe('InvalidAccessKeyId');
    standIn.behaviour.clockAheadMs = 3_600_000;
    expect(await list({})).toBe('SignatureDoesNotMatch');
  });

  it.each<[string, string, object]>([
    ['a condition on what is there', 'put_object', { Key: 'one', Body: '', IfMatch: '"x"' }],
    ['a condition on another ETag', 'put_object', { Key: 'one', Body: '', IfNoneMatch: '"x"' }],
    ['encryption', 'put_object', { Key: 'one', Body: '', ServerSideEncryption: 'AES256' }],
    ['a part of an object', 'get_object', { Key: 'one', Range: 'bytes=0-1' }],
    ['a version', 'get_object', { Key: 'one', VersionId: '1' }],
    ['folders', 'list_objects_v2', { Delimiter: '/' }],
    ['the old list', 'list_objects', {}],
  ])('refuses what it does not do rather than passing it over: %s', async (_what, operation, input) => {
    const { standIn, call } = await account();
    standIn.buckets.put(Bucket, 'one', 'text');

    expect((await call(operation, input)).error).toMatchObject({ code: 'NotImplemented', httpStatus: 501 });
    expect(String(standIn.buckets.get(Bucket, 'one')?.body)).toBe('text');
  });

  it('refuses operations that it does not have, and changes nothing', async () => {
    const { standIn, call } = await account();
    standIn.buckets.put(Bucket, 'one', 'text');

    for (const operation of ['delete_object', 'head_object', 'copy_object']) {
      const input = operation === 'copy_object' ? { Key: 'one', CopySource: `${Bucket}/one` } : { Key: 'one' };
      expect((await call(operation, input)).error).toBeDefined();
    }
    expect(standIn.snapshot().buckets).toEqual([{ name: Bucket, keys: ['one'] }]);
  });

  it('answers with nothing that the model does not have', async () => {
    const { call, put } = await account();
    const model = await python.model('s3');
    const answers: [string, Answer][] = [
      ['PutObject', (await put('one', 'text')).result],
      ['PutObject', (await put('two', 'text')).result],
      ['GetObject', (await call('get_object', { Key: 'one', ChecksumMode: 'ENABLED' })).result],
      ['ListObjectsV2', (await call('list_objects_v2', { MaxKeys: 1, Prefix: '' })).result],
    ];

    // botocore makes Metadata itself, of headers that are not there.
    for (const [operation, { ResponseMetadata, Body, Metadata, ...members }] of answers) {
      expect(ResponseMetadata).toMatchObject({ HTTPStatusCode: 200 });
      expect(Metadata ?? {}).toEqual({});
      expect(Body === undefined).toBe(operation !== 'GetObject');
      expect(problemsIn(model, `${operation}Output`, members)).toEqual([]);
    }
    expect(answers[3]?.[1]).toMatchObject({ KeyCount: 1, IsTruncated: true, Contents: [{ Key: 'one', Size: 4 }] });
  });

  it('takes a body for another one than was signed, and a broken checksum, for what they are', async () => {
    const { standIn } = await account();
    const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${stamp.slice(0, 8)}/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    const send = async (headers: Record<string, string>) => {
      const response = await fetch(`${standIn.url}/${Bucket}/one`, {
        method: 'PUT',
        headers: { authorization, 'x-amz-date': stamp, ...headers },
        body: 'text',
      });
      return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1]];
    };

    expect(await send({ 'x-amz-content-sha256': emptyHash })).toEqual([400, 'XAmzContentSHA256Mismatch']);
    expect(await send({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-checksum-crc32': 'AAAAAA==' })).toEqual([
      400,
      'BadDigest',
    ]);
    expect(standIn.snapshot().buckets).toEqual([{ name: Bucket, keys: [] }]);
  });

  it('writes no object into journal or state', async () => {
    const { standIn, put } = await account();
    await put('one', 'correct horse');

    const shown = await Promise.all(
      ['journal', 'state'].map(async (page) => (await fetch(`${standIn.url}/_stand-in/${page}`)).text()),
    );

    expect(shown.join()).toContain(`${Bucket}/one`);
    expect(shown.join()).not.toContain('correct horse');
  });
});
