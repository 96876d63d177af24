import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { SentinelMemory, SentinelNote } from '../domain/sentinel';

/** What a sentinel keeps across a restart. */
export interface SentinelState {
  memory: SentinelMemory;
  /** What it did and could not tell anybody yet, oldest first. */
  untold: readonly SentinelNote[];
}

const version = 1;
const at = z.number().nonnegative();
const kept = z.object({
  version: z.literal(version),
  pair: z.string(),
  site: z.string(),
  memory: z.object({
    down: z
      .object({ because: z.enum(['isolated', 'withoutLock']), since: at, fenced: z.literal(true).optional() })
      .optional(),
  }) satisfies z.ZodType<SentinelMemory>,
  untold: z.array(
    z.object({
      did: z.enum(['SentinelStoppedSite', 'SentinelStartedSite', 'SentinelKeepsSiteDown']),
      site: z.string(),
      at,
    }),
  ) satisfies z.ZodType<SentinelNote[]>,
});

/** The file of one site's sentinel: replaced as a whole, readable by its owner alone. */
export class StateFile {
  readonly path: string;

  constructor(
    folder: string,
    private readonly of: { pair: string; site: string },
  ) {
    this.path = join(folder, `${of.pair}-${of.site}.json`);
  }

  /** @throws Error when there is one that cannot be understood, or the folder cannot be written: what was stopped is not known then. */
  open(): SentinelState {
    const state = this.read();
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      this.write(state);
    } catch (cause) {
      const { code = 'unknown' } = cause as NodeJS.ErrnoException;
      throw new Error(
        `The sentinel's state file ${this.path} cannot be written (${code}): correct the rights, or sentinel.stateFolder.`,
        { cause },
      );
    }
    return state;
  }

  /** @throws NodeJS.ErrnoException when it cannot be written; then the one before is still whole. */
  write(state: SentinelState): void {
    const partial = `${this.path}.${randomUUID()}`;
    // By its type, whatever is written can be read again.
    const whole: z.infer<typeof kept> = { version, ...this.of, memory: state.memory, untold: [...state.untold] };
    try {
      writeFileSync(partial, `${JSON.stringify(whole, null, 2)}\n`, {
        mode: 0o600,
        flush: true,
      });
      renameSync(partial, this.path);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }

  private read(): SentinelState {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      // Nothing is there, then; of a folder that cannot be one, whoever makes it will tell.
      if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)))
        return { memory: {}, untold: [] };
      throw this.unusable(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, error);
    }
    const { pair, site } = this.of;
    const written = understood(text);
    if (!written) throw this.unusable('cannot be understood');
    if (written.pair !== pair || written.site !== site) throw this.unusable('belongs to another site');
    return { memory: written.memory, untold: written.untold };
  }

  private unusable(how: string, cause?: unknown): Error {
    const next = `see whether the application of ${this.of.site} runs and should, then remove the file`;
    return new Error(`The sentinel's state file ${this.path} ${how}, so what it stopped is not known: ${next}.`, {
      cause,
    });
  }
}

function understood(text: string): z.infer<typeof kept> | undefined {
  try {
    return kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
