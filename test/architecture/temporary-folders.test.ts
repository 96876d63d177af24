/** What tests leave behind fills the system's folder for temporary files, on machines of everybody who runs them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const tests = join(__dirname, '..');
const helper = 'support/temporary-folder.ts';

it.each(['unit', 'workflow', 'support'])(
  '%s: a test makes a temporary folder only by the helper that removes it',
  (kind) => {
    const files = readdirSync(join(tests, kind), { recursive: true, encoding: 'utf8' }).map((file) => join(kind, file));
    const making = files.filter(
      (file) => file.endsWith('.ts') && readFileSync(join(tests, file), 'utf8').includes('mkdtemp'),
    );

    expect(making.filter((file) => file !== helper)).toEqual([]);
  },
);
