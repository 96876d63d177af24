/** The per-user cache of what is installed, shared by all clones. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

const partialMark = '.partial-';
const partialIsOldAfterHours = 6;

/** `$XDG_CACHE_HOME/sitewarden` (an XDG path that is not absolute is to be ignored), else `~/.cache/sitewarden`. */
export function cacheFolder() {
  const xdg = process.env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'sitewarden');
}

/**
 * Fills a cache folder once. `fill` works in a folder of its own, which gets its final name by one rename after
 * `fill` has ended: a folder under its final name is always whole, and of two processes that install at the same
 * time the second to finish drops its copy.
 */
export async function fillOnce(folder, fill) {
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  removeOldPartials(dirname(folder));
  const partial = mkdtempSync(`${folder}${partialMark}`);
  try {
    await fill(partial);
    renameSync(partial, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** What a killed installation left behind. The age keeps us off another process's work. */
function removeOldPartials(parent) {
  for (const name of readdirSync(parent)) {
    if (!name.includes(partialMark)) continue;
    const ageHours = (Date.now() - statSync(join(parent, name)).mtimeMs) / 3_600_000;
    if (ageHours > partialIsOldAfterHours) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

export function sha256OfFile(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A short key for a cache folder that depends on these files' contents. */
export function keyOfFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${basename(file)}\0${readFileSync(file, 'utf8')}\0`);
  return hash.digest('hex').slice(0, 12);
}
