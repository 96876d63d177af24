import type { PairConfig } from '../../config';
import { sayPairSummary, summaryNow, type PairSummary } from './pair-summary';
import type { Session } from './session';
import type { Runs } from './surroundings';

export interface Writing {
  session: Session;
  runs: Runs;
  pair: PairConfig;
  /** Where no run is open, look at the sites as well; a decision needs an open run and does not. */
  look: boolean;
}

/** One message to a run, with what was true of the pair before it and after its answer. */
export class Write {
  private data: object = {};
  private answer: object | undefined;

  constructor(
    private readonly writing: Writing,
    private readonly before: PairSummary | undefined,
  ) {}

  /** @param data what was asked, for programs. */
  answered(data: object, answer: object): void {
    this.data = data;
    this.answer = answer;
  }

  /** Reads what is true now, and gives the command's result: text for people, before, answer and after for programs. */
  async end(text: string, more: object = {}): Promise<void> {
    const { session, runs, pair, look } = this.writing;
    const after = await summaryNow(runs, pair, { look });
    const { before, answer } = this;
    session.output.answer(`${text}\n${line(session, 'after', after)}`, {
      ...this.data,
      attributed: session.unattributedBecause === undefined,
      before,
      answer,
      after,
      ...more,
    });
  }
}

/** Reads and tells what is true before the write. */
export async function beginWrite(writing: Writing): Promise<Write> {
  const { session, runs, pair, look } = writing;
  const before = await summaryNow(runs, pair, { look });
  session.output.progress(line(session, 'before', before));
  session.output.progress(sayWho(session));
  return new Write(writing, before);
}

/** Under which name it is recorded, and what that name is worth. */
function sayWho({ output, surroundings, unattributedBecause: because }: Session): string {
  const name = output.colours.dim('by'.padEnd(8));
  if (because === undefined) return `${name}whom the API knows by the token`;
  return `${name}${surroundings.who()}, recorded as unattributed: ${because}`;
}

function line({ output, surroundings }: Session, name: string, summary: PairSummary | undefined): string {
  const said = summary ? sayPairSummary(summary, surroundings.clock.now()) : 'unknown: it could not be read';
  return `${output.colours.dim(name.padEnd(8))}${said}`;
}
