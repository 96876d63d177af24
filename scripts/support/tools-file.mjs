/** Tells the lab and the tests where the tools are: one JSON file in the clone, read by lab/tools.ts. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from './shell.mjs';

export const toolsFile = join(projectFolder, '.lab', 'tools.json');

/** Adds what this command uses to what earlier commands found; the rename keeps a reader from a half-written file. */
export function rememberTools(tools) {
  const all = { ...(existsSync(toolsFile) ? JSON.parse(readFileSync(toolsFile, 'utf8')) : {}), ...tools };
  mkdirSync(dirname(toolsFile), { recursive: true });
  writeFileSync(`${toolsFile}.${process.pid}`, `${JSON.stringify(all, null, 2)}\n`);
  renameSync(`${toolsFile}.${process.pid}`, toolsFile);
}
