/** Where secrets come from. The promises of gateways/ports.ts hold here too. */
import type { OperatingFailure } from '../domain/failure-types';
import type { EpochMs } from '../domain/time';

/** `aws:<secret id>`, `file:<path>` or `env:<NAME>`. The reference may be logged; what it resolves to never is. */
export type SecretReference = string;

/** Resolves references to secrets, for every process. Values stay in memory. */
export interface CredentialSource {
  /**
   * The secret's text, fetched once however many ask at the same time. What was fetched before is served while it is
   * fetched anew, and served on while the store does not answer; fails with `SecretUnavailable` only without it.
   */
  read(reference: SecretReference): Promise<string>;
  /**
   * Past what is held: for a caller whose credentials were just refused. Once per refusal, however many ask.
   * Fails where the store fails: what is held has just been refused.
   */
  readAnew(reference: SecretReference): Promise<string>;
}

/** What a secret held before its last rotation. */
export interface PreviousSecret {
  text: string;
  /** Milliseconds from now for which it may still be accepted; above 0. */
  acceptForMs: number;
}

/** For a process that others present credentials to: they may learn of a rotation later than we do. */
export interface InboundCredentialSource extends CredentialSource {
  /**
   * The version before the current one, for a bounded time after the rotation; `undefined` where there was none lately.
   * Of a secret that was read before. Costs no call unless it was rotated lately, and never fails: without it
   * a caller is refused, which is safe. Never to be presented to anybody.
   */
  readPrevious(reference: SecretReference): Promise<PreviousSecret | undefined>;
}

/** How old a secret is that is held in memory; one that is read each time, as a file is, is not held. */
export interface SecretAge {
  reference: SecretReference;
  /** When its store last gave it, by the source's clock. */
  fetchedAt: EpochMs;
}

/** What a source tells of itself; its process turns it into log lines and metrics. Nothing of a secret is ever told. */
export interface CredentialJournal {
  /** A store did not give a secret. With `servedSince`, what it gave then is served on; without it, nobody has any. */
  fetchFailed(failed: { reference: SecretReference; failure: OperatingFailure; servedSince?: EpochMs }): void;
  /** A store gave another secret than before. */
  rotated(rotated: { reference: SecretReference }): void;
}
