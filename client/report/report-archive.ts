/** Where the reports of closed runs are kept, for whoever reads them. worker/archive.ts keeps these promises; clients know no gateway. */
export interface ReportArchive {
  /**
   * One archived report, or the pair's newest; `undefined` where there is none.
   * @throws Error that says in one sentence why it cannot be read.
   */
  read(pair: string, incident?: string): Promise<ArchivedReport | undefined>;
  /**
   * Reads a pair's whole chain and reckons every hash anew.
   * @throws Error that says in one sentence why it cannot be read.
   */
  verify(pair: string): Promise<VerifiedChain>;
  close(): void | Promise<void>;
}

export interface ChainLink {
  incident: string;
  /** Position in the pair's chain, from 1. */
  sequence: number;
  /** SHA-256, in hex, over the content and the hash before. */
  hash: string;
  /** Where it lies, as a person would look for it. */
  location: string;
}

export interface ArchivedReport extends ChainLink {
  /** Canonical JSON of the report. */
  content: string;
}

export interface VerifiedChain {
  /** In their order, as far as they could be read. */
  links: readonly ChainLink[];
  /** What is broken, and where; empty when the chain is whole. */
  faults: readonly { location: string; says: string }[];
}
