import type { ArchiveReader } from '../../gateways/archive-ports';

/** Where the reports of closed runs are read; worker/archive.ts makes it, as clients know no gateway. */
export interface ReportArchive extends ArchiveReader {
  close(): void;
}
