import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './project-folder';

const runs = join(projectFolder, '.lab', 'runs');
const runsKept = 10;

/** A new folder for all that one lab writes: logs, data, certificates, secrets. The latest runs are kept, to look into. */
export function makeRunFolder(): string {
  mkdirSync(runs, { recursive: true });
  for (const old of readdirSync(runs).sort().slice(0, -runsKept)) {
    if (!isRunning(old)) rmSync(join(runs, old), { recursive: true, force: true });
  }
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const folder = join(runs, `${time}_${process.pid}`);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function isRunning(run: string): boolean {
  try {
    process.kill(Number(run.split('_')[1]), 0);
    return true;
  } catch {
    return false;
  }
}
