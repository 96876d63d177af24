import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileArchive } from '../../gateways/archive';
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
