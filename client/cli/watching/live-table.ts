import { clockTime } from '../../../domain/time';
import type { RunStatus } from '../../../workflows/contract/inputs';
import type { TextStream } from '../output';
import { renderQuestion } from '../rendering/question-page';
import { Screen } from '../rendering/screen';
import { renderStatusTable, type PairRow } from '../rendering/status-table';
import type { Session } from '../session';
import type { View } from './view';

export interface LiveTableOptions {
  session: Session;
  terminal: TextStream;
  everyMs: number;
  /** There is a keyboard: what can be pressed is said. */
  keys: boolean;
}

/** A table that is drawn again in place; below it, when asked for, the plan of the pair that waits for an answer. */
export class LiveTable implements View {
  private rows: readonly PairRow[] = [];
  private screen: Screen;
  private planShown = false;

  constructor(private readonly options: LiveTableOptions) {
    this.screen = new Screen(options.terminal);
  }

  show(rows: readonly PairRow[]): void {
    this.rows = rows;
    this.draw(this.sayKeys());
  }

  /** What was read last stays, and is said to be old. */
  silent(why: string): void {
    const { colours } = this.options.session.output;
    this.draw(colours.red(`${why} What stands above is old. Trying again; Ctrl-C ends.`));
  }

  /** The first pair that waits for a person, else the first with an open run that answers. */
  get inFront(): PairRow | undefined {
    const answering = this.rows.filter((row) => answerOf(row) !== undefined);
    return answering.find((row) => answerOf(row)?.next?.kind === 'ask') ?? answering[0];
  }

  togglePlan(): void {
    this.planShown = !this.planShown;
    this.draw(this.sayKeys());
  }

  /** Something else was written since: what is drawn next is drawn below it. */
  beginAnew(): void {
    this.screen = new Screen(this.options.terminal);
  }

  private sayKeys(): string {
    const { everyMs, keys } = this.options;
    const every = `every ${everyMs / 1_000} s`;
    if (!keys) return `${every}, Ctrl-C ends`;
    const front = this.inFront;
    const plan = front ? ` · p: ${this.planShown ? 'hide' : 'read'} the plan of ${front.pair.name}` : '';
    const answers = front && answerOf(front)?.next?.kind === 'ask' ? ' · a: approve · r: reject' : '';
    return `${every}${plan}${answers} · q: quit`;
  }

  private draw(said: string): void {
    const { surroundings, output } = this.options.session;
    const { colours } = output;
    const now = surroundings.clock.now();
    const status = this.inFront && answerOf(this.inFront);
    const plan = this.planShown && status ? ['', renderQuestion(status, now, colours), ''] : [];
    const foot = `${colours.dim(clockTime(now))}  ${said}`;
    this.screen.draw([renderStatusTable(this.rows, now, colours), ...plan, foot].join('\n'));
  }
}

export function answerOf({ status }: PairRow): RunStatus | undefined {
  return status.run === 'open' ? status.status : undefined;
}
