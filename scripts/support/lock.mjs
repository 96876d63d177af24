/** One process at a time in a clone's node_modules and dist. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './shell.mjs';

const takeoverIsVoidAfterMs = 10_000;

/** Runs `work` while no other process holds the lock file. A lock whose process is gone is taken over. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && isAlive(holder)) {
      if (!told) say(`waiting for process ${holder}, which is preparing the same folder (${file}).`);
      told = true;
      await sleep(200);
    } else {
      removeDeadLock(file);
      await sleep(50);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A hard link appears under the lock's name with our pid already in it: nobody ever reads an empty lock. */
function take(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Under a second, very short lock, so that two waiting processes cannot remove each other's fresh lock. */
function removeDeadLock(file) {
  const takeover = `${file}.takeover`;
  if (!take(takeover)) {
    const ageMs = Date.now() - (statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > takeoverIsVoidAfterMs) rmSync(takeover, { force: true });
    return;
  }
  try {
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) renameSync(file, `${file}.dead`);
    rmSync(`${file}.dead`, { force: true });
  } finally {
    rmSync(takeover, { force: true });
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
