import { oneLine, printable } from '../../../domain/one-line';
import type { RunResult } from '../../../workflows/contract/inputs';
import type { ArchiveReader, VerifiedChain } from '../../../gateways/archive-ports';
import { exitCodes, type ExitCode } from '../exit-codes';
import type { Session } from '../session';

/**
 * Whether what is archived of a pair is whole: every hash reckoned anew, and the last run's, as Temporal still tells it, looked
 * for in the chain: a chain whose end was cut off is whole in itself.
 */
export async function verifyArchive(
  session: Session,
  archive: Pick<ArchiveReader, 'verify'>,
  pair: string,
  incident: string | undefined,
): Promise<ExitCode> {
  const chain = printable(await archive.verify(pair));
  const last = await lastReceipt(session, pair);
  const faults = [...chain.faults, ...againstTemporal(chain, last), ...missing(chain, incident)];
  const empty = chain.links.length === 0;
  // Nothing proves nothing: a wrong folder or a removed archive looks the same.
  const whole = faults.length === 0 && !empty;
  const count = `${chain.links.length} archived report${chain.links.length === 1 ? '' : 's'} of ${pair}`;
  const uncompared = typeof last === 'string' ? `${notCompared[last]}, so its end was not compared.` : undefined;
  const said = whole
    ? [`${count}: the chain is whole.`, ...chain.links.map(({ sequence, incident }) => `  ${sequence}  ${incident}`)]
    : [sayNotWhole(count, pair, faults), ...faults.map(({ location, says }) => `  ${oneLine(location)}: ${says}`)];
  session.output.answer([...said, ...(uncompared ? [uncompared] : [])].join('\n'), {
    ...{ pair, whole, faults, links: chain.links, comparedWithTemporal: uncompared === undefined },
  });
  return whole ? exitCodes.done : exitCodes.refused;
}

function sayNotWhole(count: string, pair: string, faults: readonly unknown[]): string {
  if (faults.length > 0) return `${count}: the chain is BROKEN.`;
  const look =
    'Reports are archived when runs end; look whether archive in sitewarden.yaml is where the workers write.';
  return `No report of ${pair} is archived: there is nothing to verify.\n${look}`;
}

type Receipt = NonNullable<RunResult['archived']>;

/** A chain whose end was cut off is whole in itself, so it is said why nothing speaks for its end. */
const notCompared = {
  unasked: 'Temporal did not answer',
  open: 'A run is open',
  none: 'Temporal tells of no archived report',
} as const;

type NotCompared = keyof typeof notCompared;

/** What the last run was given when it archived its report. Never fails: the archive can be looked at without Temporal. */
async function lastReceipt(session: Session, pair: string): Promise<Receipt | NotCompared> {
  try {
    const status = await session.withRuns(({ runs }) => runs.status(pair));
    if (status.run === 'open') return 'open';
    return (status.run === 'closed' ? status.result?.archived : undefined) ?? 'none';
  } catch {
    return 'unasked';
  }
}

function againstTemporal({ links }: VerifiedChain, last: Receipt | NotCompared): VerifiedChain['faults'] {
  if (typeof last === 'string') return [];
  const { location, sequence, hash } = last;
  const link = links.find((one) => one.sequence === sequence);
  if (link?.hash === hash) return [];
  const says = link ? 'its hash is another one than the run was given' : 'the report is gone';
  return [{ location, says: `${says} (number ${sequence}, as Temporal tells of the last run)` }];
}

function missing({ links }: VerifiedChain, incident: string | undefined): VerifiedChain['faults'] {
  if (incident === undefined || links.some((link) => link.incident === incident)) return [];
  return [{ location: incident, says: 'no report of this incident is in the chain' }];
}
