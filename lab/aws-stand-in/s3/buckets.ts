import { createHash } from 'node:crypto';
import type { EpochMs } from '../../../domain/time';
import type { Clock } from '../clock';

export interface StoredObject {
  key: string;
  body: Buffer;
  contentType: string;
  /** As it stands in headers and lists: an MD5 in quotes, for what was put in one piece. */
  etag: string;
  at: EpochMs;
}

/** The buckets of one account, with what is in them. */
export class Buckets {
  private readonly buckets = new Map<string, Map<string, StoredObject>>();

  constructor(private readonly clock: Clock) {}

  /** One that is there already stays as it is. */
  create(name: string): void {
    if (!this.buckets.has(name)) this.buckets.set(name, new Map());
  }

  has(bucket: string): boolean {
    return this.buckets.has(bucket);
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.of(bucket).get(key);
  }

  put(bucket: string, key: string, body: Buffer | string, contentType = 'binary/octet-stream'): StoredObject {
    const bytes = Buffer.from(body);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const stored = { key, body: bytes, contentType, etag, at: this.clock.now() };
    this.of(bucket).set(key, stored);
    return stored;
  }

  remove(bucket: string, key: string): void {
    this.of(bucket).delete(key);
  }

  /** In the order of their keys' UTF-8 bytes (S3 API reference, ListObjectsV2). */
  list(bucket: string, prefix: string): StoredObject[] {
    const found = [...this.of(bucket).values()].filter(({ key }) => key.startsWith(prefix));
    return found.sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)));
  }

  /** Without what the objects hold. */
  snapshot() {
    return [...this.buckets].map(([name, objects]) => ({ name, keys: [...objects.keys()] }));
  }

  private of(bucket: string): Map<string, StoredObject> {
    const objects = this.buckets.get(bucket);
    if (objects === undefined) throw new Error(`No bucket ${bucket}: create it first.`);
    return objects;
  }
}
