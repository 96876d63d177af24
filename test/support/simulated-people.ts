/** What alerts and people say to a run, through the inbox that a real run has. */
import type { Next, Question } from '../../domain/next';
import type { RunState } from '../../domain/state';
import type { Goal, GoalRequest } from '../../domain/heard';
import type { SitePair } from '../../domain/site-pair';
import { otherSite } from '../../domain/site-pair';
import type { EpochMs } from '../../domain/time';
import { Inbox } from '../../workflows/inbox';
import type { SimulatedSite } from './simulated-replication';

/** Which plan an answer names: the one that is asked about, the one before, or one that nobody ever asked about. */
export type NamedPlan = 'asked' | 'older' | 'invented';

export type Message =
  | { kind: 'alert' | 'resolved'; reporter: SimulatedSite }
  | { kind: 'asksFor'; goal: Exclude<Goal, 'protect' | 'pause'>; site: SimulatedSite; person: number }
  | { kind: 'hold' | 'release' | 'retry' | 'confirm' | 'abort'; person: number }
  /** Vouches for what was not done. */
  | { kind: 'confirmsTooEarly'; person: number }
  /** To whatever is asked; the site is said where one may be chosen. */
  | { kind: 'approves' | 'rejects'; site: SimulatedSite; person: number; plan: NamedPlan; sparing?: boolean };

const messageKinds: ReadonlySet<string> = new Set<Message['kind']>([
  'alert',
  'resolved',
  'asksFor',
  'hold',
  'release',
  'retry',
  'confirm',
  'confirmsTooEarly',
  'abort',
  'approves',
  'rejects',
]);

export function isMessage(event: { kind: string }): event is Message {
  return messageKinds.has(event.kind);
}

/** A question as it was put, and when. */
export interface Asked extends Question {
  epoch: number;
  at: EpochMs;
}

export class SimulatedPeople {
  /** Every question with a plan that the open run has asked, oldest first. */
  asked: Asked[] = [];
  private inbox?: Inbox;
  private messages = 0;
  private lastNext?: Next;

  constructor(
    private readonly pair: SitePair,
    private readonly now: () => EpochMs,
    /** So far the clock by which messages are dated is ahead. */
    readonly aheadMs = 0,
  ) {}

  /** A new run listens. */
  listen(run: RunState, startedWith?: GoalRequest): void {
    this.asked = [];
    this.lastNext = undefined;
    this.inbox = new Inbox(run, () => this.now() + this.aheadMs, {
      verdict: () => undefined,
      next: () => this.lastNext,
      startedWith,
    });
  }

  leave(): void {
    this.inbox = undefined;
  }

  /** What the run says that it does next: the question that answers are held against. */
  read(next: Next, epoch: number): void {
    this.lastNext = next;
    if (next.kind !== 'ask') return;
    const last = this.asked.at(-1);
    if (last?.plan === next.plan && last?.gate === next.gate && last?.epoch === epoch) return;
    this.asked.push({ ...next, epoch, at: this.now() });
  }

  request(goal: Goal, site: SimulatedSite, person: number): GoalRequest {
    this.messages += 1;
    return { id: `request-${this.messages}`, goal, site, by: `person-${person}`, reason: 'a test' };
  }

  say(message: Exclude<Message, { kind: 'asksFor' }>): void {
    const { inbox } = this;
    if (!inbox) return;
    switch (message.kind) {
      case 'alert':
      case 'resolved':
        return inbox.alert({
          fingerprint: message.reporter,
          status: message.kind === 'alert' ? 'firing' : 'resolved',
          alertname: 'SiteOffline',
          site: otherSite(this.pair, message.reporter),
          reporter: message.reporter,
          startsAt: '2026-11-22T03:12:00Z',
        });
      case 'approves':
      case 'rejects':
        return this.answer(inbox, message);
      case 'hold':
      case 'release':
      case 'retry':
      case 'abort':
        inbox.decide({ kind: message.kind, ...by(message.person) });
        return;
      case 'confirm':
      case 'confirmsTooEarly':
        inbox.decide({ kind: 'confirm', site: this.blockedSite, ...by(message.person) });
    }
  }

  ask(request: GoalRequest): void {
    this.inbox?.request(request);
  }

  private answer(inbox: Inbox, message: Extract<Message, { kind: 'approves' | 'rejects' }>): void {
    const question = this.lastNext?.kind === 'ask' ? this.lastNext : undefined;
    if (!question) return;
    const { gate, choices, discards = 0 } = question;
    inbox.decide({
      kind: message.kind === 'approves' ? 'approve' : 'reject',
      gate,
      plan: this.planFor(message.plan, question),
      site: choices?.includes(message.site) ? message.site : undefined,
      discardAtMost: message.sparing ? Math.max(0, discards - 1) : undefined,
      ...by(message.person),
    });
  }

  private get blockedSite(): string | undefined {
    const { lastNext } = this;
    return lastNext?.kind === 'blocked' && 'site' in lastNext.command ? lastNext.command.site : undefined;
  }

  private planFor(named: NamedPlan, { plan }: Question): string | undefined {
    if (named === 'asked') return plan;
    return named === 'older' ? this.asked.findLast((asked) => asked.plan !== plan)?.plan : 'invented';
  }
}

function by(person: number) {
  return { by: `person-${person}`, how: 'api', groups: ['approvers'], reason: 'a test' } as const;
}
