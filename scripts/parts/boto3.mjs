import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillOnce, keyOfFiles } from '../support/cache.mjs';
import { isExecutable, outputOf, projectFolder, runQuietly } from '../support/shell.mjs';

const requirements = join(projectFolder, 'test', 'contract', 'boto3', 'requirements.txt');
const version = /^boto3==(\S+)/m.exec(readFileSync(requirements, 'utf8'))[1];
const oldestPython = [3, 10];
const python = outputOf('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
// A virtual environment belongs to the Python that made it.
const folder = join(cacheFolder(), `boto3-${version}-python${python}-${keyOfFiles([requirements])}`);
const botoPython = join(folder, 'bin', 'python');

/** A Python environment with boto3: the AWS client, not ours and not JavaScript's, that the AWS stand-in is held to. */
export const boto3 = {
  title: 'boto3 in a Python environment of its own',
  version,
  sizeMegabytes: 36,
  folder,

  missing() {
    if (boto3.locate()) return [];
    const [major, minor] = (python ?? '0.0').split('.').map(Number);
    const [oldestMajor, oldestMinor] = oldestPython;
    if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
      const found = python ? `Python ${python} was found` : 'none was found';
      return [`Python ${oldestPython.join('.')} or newer is missing (boto3 runs on it), ${found}: install python3.`];
    }
    return outputOf('python3', ['-m', 'pip', '--version'])
      ? []
      : ['pip for python3 is missing (it fetches boto3): install python3-pip.'];
  },

  locate: () => (isExecutable(botoPython) ? { botoPython } : undefined),

  /** Without a pip of its own, for which Debian wants one more package; by rename the environment still works. */
  install: () =>
    fillOnce(folder, async (partial) => {
      await runQuietly('python3', ['-m', 'venv', '--without-pip', partial]);
      const ask = ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'];
      const packages = outputOf(join(partial, 'bin', 'python'), ask);
      const options = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check'];
      await runQuietly('python3', ['-m', 'pip', 'install', ...options, '--target', packages, '-r', requirements]);
    }),
};
