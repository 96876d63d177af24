import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateFile } from '../../../sentinel/state-file';
import { temporaryFolder } from '../../support/temporary-folder';

const of = { pair: 'demo', site: 'site-b' };
const state = {
  memory: { down: { because: 'isolated', since: 1 } },
  untold: [{ did: 'SentinelStoppedSite', site: 'site-b', at: 1 }],
} as const;

describe("a sentinel's state file", () => {
  it('is made at the first start, and holds what was written, for its owner alone', () => {
    const folder = join(temporaryFolder(), 'sentinel');
    const file = new StateFile(folder, of);
    expect(file.open()).toEqual({ memory: {}, untold: [] });
    file.write(state);

    expect(new StateFile(folder, of).open()).toEqual(state);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['demo-site-b.json']);
  });

  it.each([
    ['cannot be understood', '{"version":1,"mem'],
    ['cannot be understood', '{"version":2,"pair":"demo","site":"site-b","memory":{}}'],
    [
      'cannot be understood',
      '{"version":1,"pair":"demo","site":"site-b","memory":{"down":{"because":"bored","since":1}}}',
    ],
    [
      'cannot be understood',
      '{"version":1,"pair":"demo","site":"site-b","memory":{},"untold":[{"did":"SentinelSlept","site":"site-b","at":1}]}',
    ],
    ['belongs to another site', '{"version":1,"pair":"demo","site":"site-a","memory":{},"untold":[]}'],
  ])('%s: says so, and what to do, rather than guess', (says, text) => {
    const file = new StateFile(temporaryFolder(), of);
    writeFileSync(file.path, text);

    expect(() => file.open()).toThrow(new RegExp(`${says}.*see whether the application of site-b runs`));
    expect(readFileSync(file.path, 'utf8')).toBe(text);
  });

  it('says so when its folder is none', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'taken'), '');

    expect(() => new StateFile(join(folder, 'taken', 'sentinel'), of).open()).toThrow(
      /cannot be written.*correct the rights, or sentinel.stateFolder/,
    );
  });
});
