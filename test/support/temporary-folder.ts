import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];
// Not on the process's exit: a test file's `process` is Jest's, and never exits.
afterAll(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })));

/** A new empty folder, which is removed once the tests of the file are over, however they ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sitewarden-test-'));
  made.push(folder);
  return folder;
}
