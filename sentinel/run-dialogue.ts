import type { FenceKnowledge, SentinelNote } from '../domain/sentinel';
import type { RunKnowledge } from '../gateways/ports';
import { inTime } from '../runtime/in-time';

/** How often Temporal is asked about a site that stays down. */
const askEveryMs = 5_000;
/** An answer that took longer, or came before a freeze, counts no more. */
const answerIsFreshMs = 15_000;
const tellWithinMs = 5_000;
const tellAgainMs = 10_000;
/** More would never be read. */
const mostUntold = 20;

export interface RunDialogueOptions {
  runs: RunKnowledge;
  site: string;
  untold: readonly SentinelNote[];
  elapsedMs: () => number;
  onAnswer: () => void;
  /** What is untold has changed. */
  onTold: () => void;
}

/** What a sentinel asks of the pair's run and tells it: beside its loop, which must not wait for Temporal when there is something to stop. */
export class RunDialogue {
  untold: readonly SentinelNote[];
  private answer: { knowledge: FenceKnowledge; atMs: number } | undefined;
  private asking: { atMs: number } | undefined;
  private telling = false;
  private tellFromMs = 0;

  constructor(private readonly options: RunDialogueOptions) {
    this.untold = options.untold;
  }

  /** The last answer, as long as it counts. */
  fence(): FenceKnowledge | undefined {
    const { answer } = this;
    return answer && this.options.elapsedMs() - answer.atMs <= answerIsFreshMs ? answer.knowledge : undefined;
  }

  /** Unless it was asked a moment ago; a question whose answer would not count any more is given up. */
  askForFence(): void {
    const { runs, site, elapsedMs, onAnswer } = this.options;
    const atMs = elapsedMs();
    if (this.asking && atMs - this.asking.atMs <= answerIsFreshMs) return;
    if (this.answer && atMs - this.answer.atMs < askEveryMs) return;
    const asking = { atMs };
    this.asking = asking;
    void runs.readFence(site).then((knowledge) => {
      if (this.asking !== asking) return;
      this.asking = undefined;
      this.answer = { knowledge, atMs };
      onAnswer();
    });
  }

  /** What was answered so far, or will be to what was asked, is from before something that counts. */
  forget(): void {
    this.answer = undefined;
    this.asking = undefined;
  }

  note(note: SentinelNote): void {
    this.untold = [...this.untold, note].slice(-mostUntold);
  }

  /** In their order, as long as somebody listens; where no run is open there is nobody whom they concern. */
  tell(): void {
    const { runs, elapsedMs, onTold } = this.options;
    const [note] = this.untold;
    if (!note || this.telling || elapsedMs() < this.tellFromMs) return;
    this.telling = true;
    const told = runs.tell(note).catch(() => undefined);
    void inTime(told, tellWithinMs, undefined).then((answer) => {
      this.telling = false;
      if (answer === undefined) {
        this.tellFromMs = elapsedMs() + tellAgainMs;
        return;
      }
      this.untold = this.untold.filter((one) => one !== note);
      onTold();
      this.tell();
    });
  }
}
