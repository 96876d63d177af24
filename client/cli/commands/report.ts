import { writeFileSync } from 'node:fs';
import { renderReport } from '../../../domain/report/render-report';
import type { Report } from '../../../domain/report/report';
import { oneLine, printable } from '../../../domain/one-line';
import { findReport, type FoundReport } from '../../report/find-report';
import type { ReportArchive } from '../../report/report-archive';
import { exitCodes, type ExitCode } from '../exit-codes';
import type { Session } from '../session';
import { Trouble, usage } from '../trouble';
import { verifyArchive } from './verify-archive';

export interface ReportOptions {
  verify?: boolean;
  output?: string;
}

/** What happened to a pair in one document: of the open run so far, of the last one, or of the incident that is named. */
export async function report(
  session: Session,
  name: string,
  incident: string | undefined,
  options: ReportOptions,
): Promise<ExitCode> {
  session.pair(name);
  if (options.verify && options.output !== undefined) throw verifyWritesNoFile();
  return withArchive(session, async (archive) => {
    if (options.verify) return verifyArchive(session, archive, name, incident);
    const now = session.surroundings.clock.now();
    const found = await session.withRuns(({ runs }) => findReport({ runs, archive, now }, name, incident));
    print(session, reportIn(found, name, incident), options.output);
    return exitCodes.done;
  });
}

function verifyWritesNoFile(): Trouble {
  const what = '--verify writes no report, so --output has nothing to write.';
  return usage(what, 'Leave one of them out; the findings for programs: --verify --json.');
}

/** It is opened when it is asked, and then closed: most reports need none. */
async function withArchive<T>(
  session: Session,
  use: (archive: Omit<ReportArchive, 'close'>) => Promise<T>,
): Promise<T> {
  let opened: ReportArchive | undefined;
  const archive = () =>
    (opened ??= session.surroundings.openArchive({ config: session.config, env: session.surroundings.env }));
  try {
    return await use({
      read: (pair, incident) => readable(() => archive().read(pair, incident)),
      verify: (pair) => readable(() => archive().verify(pair)),
    });
  } finally {
    opened?.close();
  }
}

async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if ((cause as { type?: unknown }).type === 'ArchiveBroken') {
      const next = 'It is not shown, as somebody changed it. All of the chain: add --verify.';
      throw new Trouble(exitCodes.refused, `The archive is broken: ${(cause as Error).message}`, next, { cause });
    }
    const next = 'Look at archive in sitewarden.yaml, and whether this user may read there.';
    throw new Trouble(exitCodes.usageOrConfig, `The archive cannot be read: ${(cause as Error).message}`, next, {
      cause,
    });
  }
}

function reportIn(found: FoundReport, pair: string, incident: string | undefined): Report {
  if ('found' in found) return found.found;
  if ('archived' in found) return parsed(found);
  switch (found.none) {
    case 'NoWorkerAnswers':
      throw new Trouble(
        exitCodes.noWorker,
        `The run of ${pair} is open, and no worker answers for it.`,
        `Start one: sitewarden worker. What was recorded: sitewarden status ${pair}.`,
      );
    case 'NoResult':
      throw new Trouble(
        exitCodes.refused,
        `The last run of ${pair} was ended from outside and left no report; none is archived.`,
        `Others: sitewarden runs ${pair} --past.`,
      );
    case 'NoRun':
      throw new Trouble(
        exitCodes.refused,
        incident === undefined
          ? `${pair} has had no run, and no report of it is archived.`
          : `${pair} has no incident ${oneLine(incident)}, neither in Temporal nor in the archive.`,
        `Look: sitewarden runs ${pair}.`,
      );
  }
}

/** What was archived may be of a version that we do not know; then it is not shown as if we did. */
function parsed({ archived, location }: { archived: string; location: string }): Report {
  try {
    const report = printable(JSON.parse(archived) as Report);
    if (report.reportVersion === 1) return report;
  } catch {
    // Said below.
  }
  const next = `Look at it as it is: ${oneLine(location)}. Whether somebody changed it: add --verify.`;
  throw new Trouble(exitCodes.refused, 'The archived report is not of a format that this version knows.', next);
}

function print({ output }: Session, report: Report, file: string | undefined): void {
  const page = renderReport(report);
  if (file === undefined) return output.answer(page.trimEnd(), report);
  const text = output.json ? `${JSON.stringify(report, undefined, 2)}\n` : page;
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw usage(`${oneLine(file)} cannot be written (${(cause as NodeJS.ErrnoException).code}).`, 'Name another file.');
  }
  const { pair, incident } = report;
  output.answer(`The report of ${incident} is in ${oneLine(file)}.`, { pair, incident, written: file });
}
