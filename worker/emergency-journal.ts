import { closeSync, constants, fchmodSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { Command } from '../domain/command';
import type { Next } from '../domain/next';
import type { Observation } from '../domain/observation';
import type { EpochMs } from '../domain/time';
import type { Verdict } from '../domain/verdict';

/** One line of the journal, without its time. None holds a secret: gateways keep them out of values and messages. */
export type EmergencyEntry =
  | {
      entry: 'begun';
      incident: string;
      pair: string;
      site: string;
      by: string;
      reason: string;
      configHash: string;
      domainVersion: number;
      withinSeconds: number;
      /** What was known of Temporal before anything was sent, in the caller's words. */
      circumstances: unknown;
    }
  | { entry: 'looked'; observation: Observation; verdict: Verdict; next: Next; learnt: readonly string[] }
  | { entry: 'notRead'; what: string; type: string; message: string }
  | { entry: 'sending'; commandId: string; command: Command; says: string; because: string }
  | { entry: 'commandEnded'; commandId: string; command: Command; outcome: string; said: string; sent: boolean }
  | { entry: 'ended'; outcome: string; says: string; isTrue: string };

/** Told by its name where this class is not known. */
export class JournalUnwritable extends Error {
  override readonly name = 'JournalUnwritable';
}

/** What was done and read, kept where Temporal's history cannot keep it. */
export interface EmergencyJournal {
  /** Returns when the line is on the disk. Never fails; what could not be written is in `trouble` from then on. */
  record(entry: EmergencyEntry): void;
  readonly trouble: string | undefined;
  close(): void;
}

/**
 * Opens a file of JSON lines that only its owner can read. An existing file is written on, never over.
 * A link is not followed: the usual name can be guessed by others where the folder is shared.
 * @throws JournalUnwritable naming the file and what is wrong with it.
 */
export function openEmergencyJournal(file: string, clock: { now(): EpochMs }): EmergencyJournal {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    fchmodSync(descriptor, 0o600);
    fsyncSync(descriptor);
  } catch (cause) {
    throw new JournalUnwritable(`The journal ${file} cannot be written: ${(cause as Error).message}.`, { cause });
  }
  let trouble: string | undefined;
  return {
    record(entry) {
      if (trouble !== undefined) return;
      try {
        writeSync(descriptor, `${JSON.stringify({ at: new Date(clock.now()).toISOString(), ...entry })}\n`);
        fsyncSync(descriptor);
      } catch (error) {
        trouble = `The journal ${file} cannot be written any more: ${(error as Error).message}.`;
      }
    },
    get trouble() {
      return trouble;
    },
    close: () => closeSync(descriptor),
  };
}
