import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { OperatingFailure } from '../../domain/failure-types';
import { connectionCode, isTimeUp, requestHandler, timeIsUp, type SdkError } from '../aws-sdk';
import { endedBy } from '../ended-by';
import type { Shelf } from './shelf';

export interface S3ShelfOptions {
  bucket: string;
  /** Stands before each key, with a slash after it. */
  prefix?: string;
  region?: string;
  /** Further settings of the SDK's client. */
  client?: S3ClientConfig;
}

/**
 * A key is written only where there is none (`If-None-Match: *`); 412 says that there is one, 409 that another writer
 * was at it (S3 user guide, "Conditional writes"). Reads and lists show what was written at once (S3 user guide,
 * "Amazon S3 data consistency model").
 */
const taken: ReadonlySet<number | undefined> = new Set([409, 412]);

/** The SDK is loaded with the first call. */
export function s3Shelf({ bucket, prefix, region, client: settings }: S3ShelfOptions): Shelf {
  let made: Promise<S3Client> | undefined;
  const client = () => (made ??= createClient({ ...settings, ...(region !== undefined && { region }) }));
  const folderOf = (pair: string) => (prefix === undefined ? `${pair}/` : `${prefix}/${pair}/`);
  const locationOf = (pair: string, name: string) => `s3://${bucket}/${folderOf(pair)}${name}`;

  async function within<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    try {
      return await endedBy(signal, timeIsUp, call);
    } catch (error) {
      throw unavailable(bucket, error);
    }
  }

  return {
    names: (pair, signal) =>
      within(signal, async () => {
        const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
        const input = { Bucket: bucket, Prefix: folderOf(pair) };
        const names: string[] = [];
        for await (const page of paginateListObjectsV2({ client: await client() }, input, { abortSignal: signal })) {
          for (const { Key = '' } of page.Contents ?? []) names.push(Key.slice(input.Prefix.length));
        }
        return names;
      }),

    read: (pair, name, signal) =>
      within(signal, async () => {
        const { GetObjectCommand } = await import('@aws-sdk/client-s3');
        const command = new GetObjectCommand({ Bucket: bucket, Key: folderOf(pair) + name });
        const { Body } = await (await client()).send(command, { abortSignal: signal });
        return (await Body?.transformToString('utf-8')) ?? '';
      }),

    put: (pair, name, text, signal) =>
      within(signal, async () => {
        const { PutObjectCommand } = await import('@aws-sdk/client-s3');
        const command = new PutObjectCommand({
          Bucket: bucket,
          Key: folderOf(pair) + name,
          Body: text,
          ContentType: 'application/json',
          IfNoneMatch: '*',
        });
        try {
          await (await client()).send(command, { abortSignal: signal });
          return true;
        } catch (error) {
          if (taken.has((error as SdkError).$metadata?.httpStatusCode)) return false;
          throw error;
        }
      }),

    locationOf,
    close: () => void made?.then((client) => client.destroy()).catch(() => undefined),
  };
}

async function createClient(settings: S3ClientConfig): Promise<S3Client> {
  const sdk = await import('@aws-sdk/client-s3');
  return new sdk.S3Client({
    customUserAgent: 'sitewarden',
    maxAttempts: 3,
    requestHandler: requestHandler({ requestTimeout: 10_000 }),
    // A bucket as a part of the host's name needs a DNS name of its own, which stands-in and proxies do not have.
    forcePathStyle: true,
    ...settings,
  });
}

/** AWS's own text is left out: of a wrong signature it holds headers. */
function unavailable(bucket: string, error: unknown): OperatingFailure {
  const sdkError = error as SdkError;
  const { name = 'Error', message, $metadata } = sdkError;
  const said =
    $metadata?.httpStatusCode === undefined ? connectionCode(sdkError) : `${$metadata.httpStatusCode} ${name}`;
  const why = message === 'Region is missing' ? 'AWS_REGION is not set' : isTimeUp(sdkError) ? 'not in time' : said;
  const sentence = `The bucket ${bucket} could not be read or written (${why}).`;
  return new OperatingFailure('ArchiveUnavailable', sentence, { retryable: true });
}
