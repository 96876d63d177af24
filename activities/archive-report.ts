import { Context } from '@temporalio/activity';
import { OperatingFailure } from '../domain/failure-types';
import type { ArchivedDocument, ArchiveReceipt } from '../gateways/archive-ports';
import { openDeadline } from './deadline';
import type { ActivityDependencies, Journal } from './dependencies';
import { asApplicationFailure } from './failures';

type ArchiveDependencies = Pick<ActivityDependencies, 'archive' | 'clock'> & { journal: Pick<Journal, 'commandEnded'> };

/**
 * Archives the report of a run. Safe to repeat: what is archived already is answered with the receipt of then.
 * Failure codes: `ArchiveUnavailable`, to be tried again, and `ArchiveBroken`, which a person has to look into.
 */
export function createArchiveReport({ archive, clock, journal }: ArchiveDependencies) {
  return async (document: ArchivedDocument): Promise<ArchiveReceipt> => {
    const { info, cancellationSignal } = Context.current();
    const { signal } = openDeadline(clock, info.startToCloseTimeoutMs, [cancellationSignal]);
    const { pair, incident } = document;
    const tell = (outcome: string, message: string): void =>
      journal.commandEnded({ pair, commandId: incident, command: 'archive the report', outcome, message });
    try {
      const receipt = await archive.append(document, signal);
      tell('accepted', receipt.location);
      return receipt;
    } catch (error) {
      tell(error instanceof OperatingFailure ? error.type : 'CommandFailed', String(error));
      throw asApplicationFailure(error);
    }
  };
}
