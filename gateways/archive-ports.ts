/** Where reports of runs are kept for good. The promises of gateways/ports.ts hold here too. */

/** Where reports are kept once their runs are closed, each chained to the one before by its hash. */
export interface ArchiveGateway {
  /**
   * Adds a report to its pair's chain, and never replaces one. What is there already, the same incident with the same
   * content, is success and no second entry; the same incident with another content is a further entry.
   * Fails with `ArchiveUnavailable`, and with `ArchiveBroken` where the newest entry is none to chain to.
   */
  append(document: ArchivedDocument, signal: AbortSignal): Promise<ArchiveReceipt>;
  /** Fails with `ArchiveUnavailable` where a report could not be added now. Adds nothing. */
  check(signal: AbortSignal): Promise<void>;
}

/** For whoever reads reports of runs that are closed. Ends by itself within a minute. Fails with `ArchiveUnavailable`. */
export interface ArchiveReader {
  /**
   * The newest report of this incident, or the pair's newest; `undefined` where there is none.
   * Fails with `ArchiveBroken` where it is no longer what was written.
   */
  read(pair: string, incident?: string): Promise<ArchivedReport | undefined>;
  /** Reads a pair's whole chain and reckons every hash anew. It cannot tell that the newest entries are missing. */
  verify(pair: string): Promise<VerifiedChain>;
}

export interface ArchivedDocument {
  pair: string;
  incident: string;
  /** Canonical JSON of the report. */
  content: string;
}

export interface ArchiveReceipt {
  /** Where it lies, as a person would look for it. */
  location: string;
  /** Position in the pair's chain, from 1. */
  sequence: number;
  /** SHA-256, in hex, over the hash before, pair, sequence, incident and content. */
  hash: string;
}

export interface ArchiveLink extends ArchiveReceipt {
  incident: string;
}

export interface ArchivedReport extends ArchiveLink {
  content: string;
}

export interface VerifiedChain {
  /** In their order, as far as they could be read. */
  links: readonly ArchiveLink[];
  /** What is broken, and where; empty when the chain is whole. */
  faults: readonly { location: string; says: string }[];
}
