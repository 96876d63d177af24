import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatingFailure } from '../../domain/failure-types';
import { endedBy } from '../ended-by';
import type { Shelf } from './shelf';

/** Readable by the owner's group: whoever prints reports need not be the worker's user. */
const modes = { file: 0o640, folder: 0o750 };

/** One folder a pair. A text is written whole, and lasting, before it gets its name. */
export function fileShelf({ folder }: { folder: string }): Shelf {
  const pathOf = (pair: string, name: string) => join(folder, pair, name);

  async function within<T>(signal: AbortSignal, path: string, run: () => Promise<T>): Promise<T> {
    const late = () =>
      new OperatingFailure('ArchiveUnavailable', `${path} did not answer in time.`, { retryable: true });
    try {
      return await endedBy(signal, late, run);
    } catch (error) {
      throw error instanceof OperatingFailure ? error : unavailable(path, error);
    }
  }

  return {
    names: (pair, signal) => within(signal, join(folder, pair), () => namesIn(join(folder, pair))),

    read(pair, name, signal) {
      const path = pathOf(pair, name);
      return within(signal, path, () => readFile(path, 'utf8'));
    },

    put(pair, name, text, signal) {
      return within(signal, pathOf(pair, name), async () => {
        await mkdir(join(folder, pair), { recursive: true, mode: modes.folder });
        return putOnce(join(folder, pair), name, text);
      });
    },

    locationOf: pathOf,
    close: () => undefined,
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A link fails where its name is taken, and appears at once with all of its text (link(2)). */
async function putOnce(folder: string, name: string, text: string): Promise<boolean> {
  const unfinished = join(folder, `.${name}.${randomUUID()}`);
  try {
    await writeLasting(unfinished, text);
    await link(unfinished, join(folder, name));
    await syncFolder(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(unfinished).catch(() => undefined);
  }
}

async function writeLasting(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', modes.file);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name lasts once its folder does (fsync(2)). */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).name;

function unavailable(path: string, cause: unknown): OperatingFailure {
  const code = codeOf(cause);
  const why = code === 'EPERM' || code === 'ENOTSUP' ? `${code}; the file system must have hard links` : code;
  return new OperatingFailure('ArchiveUnavailable', `${path} cannot be read or written (${why}).`, {
    retryable: true,
    cause,
  });
}
