/**
 * `node scripts/keep-one-platform.mjs <node_modules> [amd64 | arm64]`: removes the native programs of all platforms but
 * one: Linux with glibc, on the named processor or on this one's. The Dockerfile calls it.
 * Promise: what is kept is there; otherwise nothing is removed.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runMain, say, Stop } from './support/shell.mjs';

/** By Docker's name of the processor: as Rust's and as Node's packages call it. */
const platforms = {
  amd64: { rust: 'x86_64-unknown-linux-gnu', node: 'linux-x64-gnu' },
  arm64: { rust: 'aarch64-unknown-linux-gnu', node: 'linux-arm64-gnu' },
};
const ourProcessor = { x64: 'amd64', arm64: 'arm64' }[process.arch];

await runMain(async () => {
  const [modules, processor = ourProcessor] = process.argv.slice(2);
  const kept = platforms[processor];
  if (!modules || !kept) {
    throw new Stop(`usage: keep-one-platform.mjs <node_modules> [${Object.keys(platforms).join(' | ')}]`, 2);
  }
  const groups = [
    { folder: join(modules, '@temporalio', 'core-bridge', 'releases'), keep: kept.rust, prefix: '' },
    { folder: join(modules, '@swc'), keep: `core-${kept.node}`, prefix: 'core-' },
  ];
  for (const { folder, keep } of groups) {
    if (!existsSync(join(folder, keep))) throw new Stop(`${join(folder, keep)} is missing: nothing was removed.`);
  }
  const others = groups.flatMap(({ folder, keep, prefix }) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(prefix) && name !== keep)
      .map((name) => join(folder, name)),
  );
  for (const folder of others) rmSync(folder, { recursive: true });
  say(`kept the programs of ${kept.rust}, removed ${others.length} others.`);
});
