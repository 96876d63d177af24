import type { AlertMessage } from '../domain/alert';
import { commandKey } from '../domain/command';
import { oneLine } from '../domain/one-line';
import type { Next } from '../domain/next';
import { hasReason } from '../domain/answers';
import { repeatedDecision, repeatedRequest } from '../domain/repeats';
import { decisionRefusal, requestRefusal, type RequestAnswer } from '../domain/requests';
import { requestedFence } from '../domain/requested-fence';
import type { RunState } from '../domain/state';
import type { Decision, GoalRequest, Heard, HeardAlert, HeardDecision } from '../domain/heard';
import type { Verdict } from '../domain/verdict';
import type { DecisionAnswer, Received, TypedDecision } from './contract/messages';
import { isAlertMessage, isGoalRequest, isTypedDecision } from './shapes';

/** Kept of each kind of message; a flood must not grow the state without bound. */
const most = { alerts: 50, requests: 50, decisions: 50, oddities: 20 } as const;
/**
 * Signals, or updates, after which a run goes on under a new history. Few, because while a storm lasts the change is tried again,
 * each try hears all of them again, and Temporal breaks off a try during which a hundred more arrive.
 */
const fullAfter = 100;
/** And after how many it does so although a long command runs beside it, which then has to begin anew. Few as well: see above. */
const overfullAfter = 250;
/** Updates that one run answers; Temporal ends its own patience at 2,000. */
const mostUpdates = 1_500;

/**
 * What people and alerts say to a run. Every method is synchronous and total: whatever arrives, the state changes or an
 * oddity is recorded, and nothing is thrown. `revision` grows with every message, `wakes` only with one that may change what
 * is next.
 */
export class Inbox {
  revision = 0;
  wakes = 0;
  private updates = 0;
  private signals = 0;

  constructor(
    private readonly state: RunState,
    private readonly now: () => number,
    private readonly answer: { verdict(): Verdict | undefined; next(): Next | undefined; startedWith?: unknown },
  ) {
    const { startedWith } = answer;
    if (isGoalRequest(startedWith)) this.keepRequest(startedWith);
    else if (startedWith !== undefined) this.odd('the request that this run was started with could not be understood');
  }

  /** True once the history has grown by so many messages that the run should go on under a new one. */
  get isFull(): boolean {
    return this.hasHeard(fullAfter);
  }

  /** True once it should do so whatever runs beside it. */
  get isOverfull(): boolean {
    return this.hasHeard(overfullAfter);
  }

  alert(message: Received<AlertMessage>): void {
    this.signals += 1;
    this.revision += 1;
    if (!isAlertMessage(message)) return this.odd('an alert that could not be understood');
    const before = this.state.heard.alerts[message.fingerprint];
    if (!before && !this.makeRoomForAlert()) return this.countAlert();
    const { alerts } = this.state.heard;
    const heard: HeardAlert = {
      ...message,
      order: before?.order ?? this.nextOrder(),
      firstHeardAt: before?.firstHeardAt ?? this.now(),
      lastHeardAt: this.now(),
      timesHeard: (before?.timesHeard ?? 0) + 1,
    };
    this.hear({ alerts: { ...alerts, [message.fingerprint]: heard } });
    if (before?.status !== message.status) this.wakes += 1;
  }

  /**
   * What a validator asks: only the shape, and whether there is a flood. What it throws is the caller's error and leaves no
   * trace in the history; a refusal on the merits is the handler's answer, which does. The way out is open `always`.
   */
  admit(what: string, understood: boolean, always = false): void {
    if (!understood) throw new Error(`This ${what} could not be understood; nothing was recorded.`);
    if (always || this.updates < mostUpdates) return;
    throw new Error(`This run has answered ${mostUpdates} messages and takes no more; nothing was recorded.`);
  }

  request(request: GoalRequest): RequestAnswer {
    this.updates += 1;
    const { incident } = this.state;
    const verdict = this.answer.verdict();
    const { startedWith } = this.answer;
    const started = isGoalRequest(startedWith) && startedWith.id === request.id;
    const repeat = repeatedRequest(this.state.heard.requests, request);
    const refused = repeat ? (repeat.reused ?? repeat.heard.refused) : this.keepRequest(request);
    if (refused) return { outcome: 'refused', incident, refusal: refused, verdict };
    return { outcome: started ? 'started' : 'joined', incident, verdict };
  }

  decide(decision: Decision): DecisionAnswer {
    this.updates += 1;
    const { incident } = this.state;
    const repeat = repeatedDecision(this.state.heard.decisions, decision);
    const refused = repeat ? (repeat.reused ?? repeat.heard.refused) : this.keepDecision(decision);
    return refused ? { outcome: 'refused', incident, refusal: refused } : { outcome: 'taken', incident };
  }

  typedDecision(kind: 'approve' | 'reject', typed: Received<TypedDecision>): void {
    this.signals += 1;
    if (!isTypedDecision(typed)) return this.odd(`a signal "${kind}" that could not be understood`);
    const { gate, plan, site, discardAtMost } = typed;
    const reason = hasReason(typed) ? typed.reason : undefined;
    this.keepDecision({ kind, gate, plan, site, reason, discardAtMost, by: 'unattributed', how: 'temporal-ui' });
  }

  unknownSignal(name: string): void {
    this.signals += 1;
    this.odd(`a signal "${oneLine(name, 60)}", which this run does not know`);
  }

  abort(by: string, reason: string): void {
    this.keepDecision({ kind: 'abort', by, how: 'temporal-ui', reason });
  }

  private keepRequest(request: GoalRequest) {
    const refused = requestRefusal(this.state, request, this.now());
    const requests = [...this.state.heard.requests, { ...request, at: this.now(), refused }];
    this.revision += 1;
    this.wakes += 1;
    // The requests that the run rests on must survive a flood of others: the first one, and the fence that people asked for.
    const first = requests.find((one) => !one.refused);
    const fence = requestedFence({ ...this.state, heard: { ...this.state.heard, requests } });
    // The last one was followed: without it an older one would seem to be new, and void what was begun since.
    const lastFence = requests.findLast((one) => one.goal === 'fence' && !one.refused);
    const latest = [first, fence, lastFence, ...requests.slice(-most.requests)];
    this.hear({ requests: requests.filter((one) => latest.includes(one)) });
    return refused;
  }

  private keepDecision(decision: Decision) {
    const next = this.answer.next();
    const at = this.now();
    const refused = decisionRefusal(this.state, decision, next, at);
    const { by, reason } = decision;
    this.revision += 1;
    const { epoch } = this.state.known;
    const heard = {
      ...decision,
      discardAtMost: allowedBy(decision, next),
      about: whatFor(decision, next),
      at,
      epoch,
      refused,
    };
    this.hear({ decisions: fewest([...this.state.heard.decisions, heard]) });
    if (refused) return refused;
    this.wakes += 1;
    if (decision.kind === 'abort') this.hear({ abort: { by, reason, at } });
    if (decision.kind === 'hold') this.hear({ hold: { by, reason, at } });
    // A hold stands on top of a pause: one release ends one of them.
    if (decision.kind === 'release') {
      this.hear(this.state.heard.hold ? { hold: undefined } : { pauseReleased: { by, at } });
    }
    if (decision.kind === 'retry') this.state.commands = { ...this.state.commands, failures: {} };
    return undefined;
  }

  /** The oldest resolved alert gives way; one that still fires never does. */
  private makeRoomForAlert(): boolean {
    const alerts = Object.values(this.state.heard.alerts);
    if (alerts.length < most.alerts) return true;
    const oldest = alerts
      .filter(({ status }) => status === 'resolved')
      .sort((one, other) => one.order - other.order)[0];
    if (!oldest) return false;
    const { [oldest.fingerprint]: _resolved, ...others } = this.state.heard.alerts;
    this.hear({ alerts: others });
    return true;
  }

  /** Fifty alerts that fire are enough to know what fires; the others are counted. */
  private countAlert(): void {
    const count = (this.state.heard.alertsNotKept?.count ?? 0) + 1;
    this.hear({ alertsNotKept: { count, lastAt: this.now() } });
  }

  private hasHeard(messages: number): boolean {
    return this.signals >= messages || this.updates >= messages;
  }

  private nextOrder(): number {
    return Math.max(-1, ...Object.values(this.state.heard.alerts).map(({ order }) => order)) + 1;
  }

  private odd(what: string): void {
    this.revision += 1;
    this.hear({ oddities: [...this.state.heard.oddities, { at: this.now(), what }].slice(-most.oddities) });
  }

  private hear(part: Partial<Heard>): void {
    this.state.heard = { ...this.state.heard, ...part };
  }
}

/** Who approves and names no number allows what they were shown. */
function allowedBy({ kind, discardAtMost }: Decision, next: Next | undefined): number | undefined {
  return discardAtMost ?? (kind === 'approve' && next?.kind === 'ask' ? next.discards : undefined);
}

/** What a person vouches for, or has tried again. */
function whatFor({ kind }: Decision, next: Next | undefined): string | undefined {
  return (kind === 'confirm' || kind === 'retry') && next?.kind === 'blocked' ? commandKey(next.command) : undefined;
}

/** A flood of refused decisions must not push out one that counts. */
function fewest(decisions: readonly HeardDecision[]): readonly HeardDecision[] {
  if (decisions.length <= most.decisions) return decisions;
  const oldestRefused = decisions.findIndex(({ refused }) => refused);
  return decisions.filter((_decision, index) => index !== Math.max(oldestRefused, 0));
}
