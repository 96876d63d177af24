import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectFolder } from './project-folder';
import type { LabRun } from './run';

/** A short way to the run's folder, for lines that a person types. @returns it, relative to the project. */
export function linkToRun({ folder }: LabRun): string {
  const short = join(projectFolder, '.lab', 'current');
  mkdirSync(join(projectFolder, '.lab'), { recursive: true });
  rmSync(short, { force: true });
  symlinkSync(folder, short);
  return relative(projectFolder, short);
}
