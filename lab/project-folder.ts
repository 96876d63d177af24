import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The clone's folder, wherever this file runs from: `lab/` under jest, `dist/lab/` after the build. */
export const projectFolder = withPackageJson(__dirname);

function withPackageJson(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : withPackageJson(dirname(folder));
}
