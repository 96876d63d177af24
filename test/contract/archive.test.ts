import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileArchive, createS3Archive } from '../../gateways/archive';
import { nameOf, sealed, written } from '../../gateways/archive/entry';
import { startAwsStandIn } from '../../lab/aws-stand-in';
import { clientOf } from '../support/aws-pair';
import { fakeArchive } from '../support/fake-archive';
import { failureOf, noHurry } from '../support/outcome';
import { archiveContract, type ArchiveTwin } from './archive.contract';

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sitewarden-archive-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

archiveContract('fake', async () => {
  const archive = fakeArchive();
  return {
    archive,
    async tamper(pair, name, change) {
      const shelf = archive.shelves.get(pair);
      const changed = change(shelf?.get(name) ?? '');
      if (changed === undefined) shelf?.delete(name);
      else shelf?.set(name, changed);
    },
    goAway: async () => void (archive.down = true),
    close: async () => undefined,
  };
});

archiveContract('in a folder', async (): Promise<ArchiveTwin> => {
  const folder = join(await newFolder(), 'made', 'with', 'the-first-report');
  return {
    archive: createFileArchive({ folder }),
    async tamper(pair, name, change) {
      const path = join(folder, pair, name);
      const changed = change(await readFile(path, 'utf8'));
      if (changed === undefined) await rm(path);
      else await writeFile(path, changed);
    },
    // A file in its place: a folder without rights would stop everybody but the superuser.
    async goAway() {
      await rm(folder, { recursive: true });
      await writeFile(folder, '');
    },
    close: async () => undefined,
  };
});

const bucket = 'sitewarden-archive';
const prefix = 'reports/production';

async function onStandIn() {
  const standIn = await startAwsStandIn({ accessKeys: { AKIDEXAMPLE: 'not-a-secret' } });
  standIn.buckets.create(bucket);
  const archive = createS3Archive({ bucket, prefix, region: 'eu-west-1', client: clientOf(standIn.url) });
  return {
    standIn,
    archive,
    async tamper(pair: string, name: string, change: (text: string) => string | undefined) {
      const key = `${prefix}/${pair}/${name}`;
      const changed = change(standIn.buckets.get(bucket, key)?.body.toString('utf8') ?? '');
      if (changed === undefined) standIn.buckets.remove(bucket, key);
      else standIn.buckets.put(bucket, key, changed);
    },
    goAway: async () => void standIn.faults.inject({ kind: 'accessDenied' }, { times: Infinity }),
    async close() {
      await archive.close();
      await standIn.close();
    },
  };
}

archiveContract('in S3', onStandIn);

describe('an archive in S3', () => {
  let twin: Awaited<ReturnType<typeof onStandIn>>;
  const append = (incident = 'incident-1') => twin.archive.append({ pair: 'demo', incident, content: '{}' }, noHurry());

  beforeEach(async () => {
    twin = await onStandIn();
  });

  afterEach(() => twin.close());

  it('is written under its prefix, on the condition that nothing is there', async () => {
    const { location } = await append();

    expect(location).toBe(`s3://${bucket}/${prefix}/demo/000001.json`);
    expect(twin.standIn.journal.of('PutObject')).toMatchObject([
      { target: { object: `${bucket}/${prefix}/demo/000001.json` }, outcome: 'ok' },
    ]);
    expect(JSON.parse(String(twin.standIn.buckets.get(bucket, `${prefix}/demo/000001.json`)?.body))).toMatchObject({
      pair: 'demo',
      sequence: 1,
      incident: 'incident-1',
      content: '{}',
    });
  });

  it('takes a report that was written though its answer was lost for written, once', async () => {
    twin.standIn.faults.inject({ kind: 'resetAfterApplying' }, { operation: 'PutObject' });

    await expect(append()).resolves.toMatchObject({ sequence: 1 });
    expect(twin.standIn.journal.of('PutObject').map(({ outcome }) => outcome)).toEqual([
      'ConnectionReset',
      'PreconditionFailed',
    ]);
    expect((await twin.archive.verify('demo')).links).toHaveLength(1);
  });

  it.each([
    ['a place that another writer took meanwhile', 'PreconditionFailed', 412],
    ['a place that another writer is at', 'ConditionalRequestConflict', 409],
  ])('looks again after %s', async (_what, name, httpStatus) => {
    twin.standIn.faults.inject({ kind: 'error', name, httpStatus }, { operation: 'PutObject' });

    await expect(append()).resolves.toMatchObject({ sequence: 1 });
    expect(twin.standIn.journal.of('ListObjectsV2')).toHaveLength(2);
  });

  it('tries again when it is throttled', async () => {
    twin.standIn.faults.script([
      { operation: 'ListObjectsV2', kind: 'throttle' },
      { operation: 'PutObject', kind: 'throttle' },
    ]);

    await expect(append()).resolves.toMatchObject({ sequence: 1 });
  });

  it('is read whole when it has more entries than a list has', async () => {
    let previous = '0'.repeat(64);
    for (let sequence = 1; sequence <= 1_001; sequence += 1) {
      const entry = sealed({ pair: 'demo', sequence, incident: `incident-${sequence}`, previous, content: '{}' });
      twin.standIn.buckets.put(bucket, `${prefix}/demo/${nameOf(sequence)}`, written(entry));
      previous = entry.hash;
    }

    await expect(append('incident-new')).resolves.toMatchObject({ sequence: 1_002 });
    const { links, faults } = await twin.archive.verify('demo');
    expect([links.length, faults]).toEqual([1_002, []]);
  });

  it('says what is wrong with the bucket, and nothing that was signed', async () => {
    const nowhere = createS3Archive({ bucket: 'nowhere', region: 'eu-west-1', client: clientOf(twin.standIn.url) });
    const stranger = createS3Archive({
      bucket,
      region: 'eu-west-1',
      client: {
        ...clientOf(twin.standIn.url),
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'another' },
      },
    });

    const messages = [await failureOf(nowhere.verify('demo')), await failureOf(stranger.verify('demo'))].map(
      ({ message }) => message,
    );

    expect(messages).toEqual([
      'The bucket nowhere could not be read or written (404 NoSuchBucket).',
      `The bucket ${bucket} could not be read or written (403 SignatureDoesNotMatch).`,
    ]);
    await nowhere.close();
    await stranger.close();
  });
});

describe('an archive in a folder', () => {
  it('leaves nothing behind but its entries, and goes by nothing else that lies there', async () => {
    const folder = await newFolder();
    const archive = createFileArchive({ folder });
    const append = (incident: string) => archive.append({ pair: 'demo', incident, content: '{}' }, noHurry());
    await mkdir(join(folder, 'demo'));
    for (const other of ['.000001.json.half', 'README', '1.json', '000000.json']) {
      await writeFile(join(folder, 'demo', other), '');
    }

    const [first] = await Promise.all(['incident-1', 'incident-2'].map(append));

    expect(first?.location).toBe(join(folder, 'demo', `00000${first?.sequence}.json`));
    expect((await readdir(join(folder, 'demo'))).sort()).toEqual(
      ['.000001.json.half', '000000.json', '000001.json', '000002.json', '1.json', 'README'].sort(),
    );
    expect((await archive.verify('demo')).faults).toEqual([]);
  });

  it('says where it cannot write, and why', async () => {
    const folder = join(await newFolder(), 'file');
    await writeFile(folder, '');
    const archive = createFileArchive({ folder });

    const { message } = await failureOf(archive.append({ pair: 'demo', incident: 'i', content: '{}' }, noHurry()));

    expect(message).toBe(`${join(folder, 'demo')} cannot be read or written (ENOTDIR).`);
  });
});
