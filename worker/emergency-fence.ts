/**
 * The loop of workflows/site-pair-run.ts without Temporal: observe, assess, do one command, observe again. What a run keeps
 * in its history is kept here in memory, and in a journal for people; a later run needs neither, because it reads the world.
 */
import type { Attempt } from '../activities/attempt';
import { openDeadline } from '../activities/deadline';
import type { Clock, ConfiguredPair } from '../activities/dependencies';
import { effectOf } from '../activities/effects';
import { observe } from '../activities/observe';
import { assess, domainVersion, type Assessment } from '../domain/assess';
import { describeCommand, type Command } from '../domain/command';
import { mayStillLand, recordOutcome, type CommandOutcome } from '../domain/command-outcome';
import { devicesToRead } from '../domain/fence-levels';
import { failureTypes, OperatingFailure } from '../domain/failure-types';
import { fencedUnasked } from '../domain/gates';
import type { Next } from '../domain/next';
import type { Observation } from '../domain/observation';
import type { Refusal } from '../domain/refusals';
import { newRunState, type Roles, type RunState } from '../domain/state';
import { seconds, type EpochMs } from '../domain/time';
import type { Verdict } from '../domain/verdict';
import { whatIsTrue } from '../domain/what-is-true';
import { digest } from '../runtime/digest';
import type { EmergencyJournal } from './emergency-journal';
import { EmergencyNarrator } from './emergency-narrator';

export interface EmergencyClock extends Clock {
  /** Returns after `ms`, or as soon as `stop` is aborted. */
  pause(ms: number, stop: AbortSignal): Promise<void>;
}

export interface EmergencyRequest {
  site: string;
  by: string;
  reason: string;
  /** How long to go on until the fence is proved. */
  withinSeconds: number;
  /** Aborted when the person at the terminal wants to stop: nothing is sent after it. */
  stop: AbortSignal;
  /** What was known of Temporal before; goes into the journal. */
  circumstances: unknown;
  /** Told what happens, as it happens. */
  tell: (at: EpochMs, what: string) => void;
}

/** One command as it ended: `accepted`, the type of its failure, or `notSent`. */
export interface EmergencyCommand {
  /** Whether the call went out: after a failure it may have taken effect. */
  sent: boolean;
  commandId: string;
  command: Command;
  outcome: string;
  said: string;
}

export interface EmergencyEnd {
  /** `fenced` was read back; after every other outcome it is not proved that the site is fenced. */
  outcome: 'fenced' | 'refused' | 'asks' | 'stopped' | 'timeUp' | 'journalLost';
  /** Why it ended so, in one sentence. */
  says: string;
  refusal?: Refusal;
  incident: string;
  roles?: Roles;
  provedSince?: EpochMs;
  /** Until when old connections to the fenced site may live. */
  drainUntil?: EpochMs;
  /** A command that was sent may take effect until then. */
  mayStillLandUntil?: EpochMs;
  commands: readonly EmergencyCommand[];
  findings: readonly string[];
  /** Why the journal is incomplete, if it is. */
  journalTrouble?: string;
  /** The last look. */
  observation: Observation;
  verdict: Verdict;
}

/** As much as a run gives one command (workflows/command-runner.ts); a fence device ends by its own time-out before. */
const attemptMs = seconds(5);
const deviceAttemptMs = seconds(610);
const attemptMsOf = ({ kind }: Command): number => (kind === 'fenceByDevice' ? deviceAttemptMs : attemptMs);
const lookAgainAfterMs = seconds(1);
/** How long what else protects is tried for, once the fence is proved. */
const afterProofMs = seconds(15);

/** Said instead of sending. */
class NotSent extends Error {}

interface Look extends Assessment {
  observation: Observation;
}

type Ending = Pick<EmergencyEnd, 'outcome' | 'says' | 'refusal'>;

/** Fences one site by the same gateways and rules as a run. One object for one attempt. */
export class EmergencyFence {
  private readonly clock: EmergencyClock;
  private readonly deadlineMs: number;
  private readonly commands: EmergencyCommand[] = [];
  private readonly narrator: EmergencyNarrator;
  /** Known once the fence was first proved. */
  private protectUntilMs: number | undefined;
  private state: RunState;

  constructor(
    private readonly configured: ConfiguredPair,
    private readonly request: EmergencyRequest,
    private readonly tools: { clock: EmergencyClock; journal: EmergencyJournal },
  ) {
    const { clock } = tools;
    const { site, by, reason, withinSeconds } = request;
    const now = clock.now();
    const pair = configured.pair.name;
    const incident = `${pair}-${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z-emergency`;
    const empty = newRunState({ pair, goal: 'fence', incident, startedAt: now });
    const asked = { id: incident, goal: 'fence', site, by, reason, at: now } as const;
    this.clock = clock;
    this.narrator = new EmergencyNarrator(request.tell, clock, tools.journal);
    this.deadlineMs = clock.monotonicMs() + seconds(withinSeconds);
    this.state = { ...empty, heard: { ...empty.heard, requests: [asked] } };
  }

  /** Goes on until the fence is proved, refused, stopped, or the time is up. Never fails for what the world does. */
  async run(): Promise<EmergencyEnd> {
    this.recordBeginning();
    for (;;) {
      const seen = await this.look();
      const ending = this.endingOf(seen.next);
      if (ending) return this.ended(seen, ending);
      if (seen.next.kind === 'do') await this.carryOut(seen.next);
      else await this.clock.pause(lookAgainAfterMs, this.request.stop);
    }
  }

  private async look(): Promise<Look> {
    const { configured, clock, narrator } = this;
    const devices = devicesToRead(configured.pair, this.state);
    const observation = await observe(configured, { clock, journal: narrator.readings() }, { devices });
    const assessment = assess({
      // Whoever stands at the terminal has decided.
      ...{ pair: fencedUnasked(configured.pair), state: this.state, observation },
      ...{ now: clock.now(), digest },
    });
    const { next, remember, verdict } = assessment;
    this.state = { ...this.state, known: remember ?? this.state.known };
    const { learnt, otherNext } = narrator.tellNews(this.state.known, next);
    if (learnt.length > 0 || otherNext || next.kind === 'do') {
      this.tools.journal.record({ entry: 'looked', observation, verdict, next, learnt });
    }
    return { ...assessment, observation };
  }

  private async carryOut({ command, because }: Extract<Next, { kind: 'do' }>): Promise<void> {
    const round = this.state.commands.round + 1;
    const commandId = `${this.state.incident}/${this.state.known.epoch}/${round}`;
    this.state = { ...this.state, commands: { ...this.state.commands, round } };
    const attempt = this.attempt({ commandId, command, because });
    const ended = (outcome: string, said: string): void =>
      this.commandEnded({ commandId, command, outcome, said, sent: attempt.sent() });
    try {
      const said = await inTime(effectOf(this.configured, command, attempt), attemptMsOf(command));
      this.remember(command, { accepted: { at: this.clock.now() } });
      ended('accepted', said);
    } catch (error) {
      if (error instanceof NotSent) return ended('notSent', error.message);
      const type = error instanceof OperatingFailure ? error.type : 'CommandFailed';
      const message = error instanceof Error ? error.message : String(error);
      this.remember(command, { failed: { type, message, mayStillLand: mayStillLand(type) } });
      ended(type, message);
    }
  }

  /** The right to send is asked for right before the call: not too late, not stopped, and written down first. */
  private attempt(what: { commandId: string; command: Command; because: string }): Attempt & { sent(): boolean } {
    const { journal } = this.tools;
    let sent = false;
    const { signal, assertInTime } = openDeadline(this.clock, attemptMsOf(what.command));
    const sending = async () => {
      if (this.request.stop.aborted) throw new NotSent('stopped before it was sent');
      const says = describeCommand(what.command);
      journal.record({ entry: 'sending', ...what, says });
      if (journal.trouble !== undefined) throw new NotSent(journal.trouble);
      this.narrator.tell(`sending: ${says}`);
      assertInTime();
      sent = true;
      return { commandId: what.commandId, signal };
    };
    return { signal, sending, sent: () => sent, clock: this.clock, tell: () => undefined };
  }

  private remember(command: Command, outcome: CommandOutcome): void {
    const now = this.clock.now();
    const commands = recordOutcome(this.state.commands, command, outcome, now, { at: 0, round: 0 });
    this.state = { ...this.state, commands };
  }

  private commandEnded(ended: EmergencyCommand): void {
    const { command, outcome, said } = ended;
    this.commands.push(ended);
    this.tools.journal.record({ entry: 'commandEnded', ...ended });
    this.narrator.tell(
      outcome === 'accepted' ? `answered: ${said}` : `${outcome}: ${said} [${describeCommand(command)}]`,
    );
  }

  /** Whether and how this ends, by what was read just now. */
  private endingOf(next: Next): Ending | undefined {
    const { provedSince, refusal } = this.state.known;
    const { stop, withinSeconds } = this.request;
    const { trouble } = this.tools.journal;
    const stopping = stop.aborted || trouble !== undefined;
    if (next.kind === 'ask' || next.kind === 'blocked') return asking(next, refusal);
    if (provedSince !== undefined) {
      this.protectUntilMs ??= this.clock.monotonicMs() + afterProofMs;
      const longEnough = this.clock.monotonicMs() >= this.protectUntilMs;
      if (stopping || longEnough || !this.moreToProtect(next)) return { outcome: 'fenced', says: 'It was read back.' };
      return undefined;
    }
    if (next.kind === 'finish') return { outcome: 'refused', says: next.report, refusal: next.refusal };
    if (trouble !== undefined) return { outcome: 'journalLost', says: `${trouble} Nothing more was sent.` };
    if (stop.aborted) return { outcome: 'stopped', says: 'Stopped when asked to. Nothing more was sent.' };
    if (this.clock.monotonicMs() < this.deadlineMs) return undefined;
    if (next.kind === 'refuse') return { outcome: 'refused', says: next.refusal.message, refusal: next.refusal };
    return { outcome: 'timeUp', says: `Not proved within ${withinSeconds} s.${lastWait(next)}` };
  }

  /** What is due beside the proof, or in doubt in spite of it: nobody will look later. */
  private moreToProtect(next: Next): boolean {
    const {
      keepSiteOfflineOnStaleDueSince: due,
      keepSiteOfflineOnStaleSince: done,
      keepSiteLostSince,
    } = this.state.known;
    return next.kind === 'do' || (due !== undefined && done === undefined) || keepSiteLostSince !== undefined;
  }

  private ended({ observation, verdict }: Look, ending: Ending): EmergencyEnd {
    const { known, commands, incident } = this.state;
    const { pair } = this.configured;
    const drains = Object.values(known.groups).flatMap(({ drainUntil }) => drainUntil ?? []);
    const until = commands.unconfirmed?.until;
    const isTrue = whatIsTrue(pair, observation);
    this.tools.journal.record({ entry: 'ended', outcome: ending.outcome, says: ending.says, isTrue });
    return {
      ...ending,
      incident,
      roles: known.roles,
      provedSince: known.provedSince,
      drainUntil: drains.length > 0 ? Math.max(...drains) : undefined,
      mayStillLandUntil: until !== undefined && until > this.clock.now() ? until : undefined,
      commands: this.commands,
      findings: known.findings,
      journalTrouble: this.tools.journal.trouble,
      observation,
      verdict,
    };
  }

  private recordBeginning(): void {
    const { configured, state } = this;
    const { site, by, reason, withinSeconds, circumstances } = this.request;
    const what = { incident: state.incident, pair: state.pair, site, by, reason, withinSeconds, circumstances };
    this.tools.journal.record({ entry: 'begun', ...what, configHash: configured.configHash, domainVersion });
  }
}

/** A question that no run is there to ask. */
function asking(next: Extract<Next, { kind: 'ask' | 'blocked' }>, refusal: Refusal | undefined): Ending {
  const says = next.kind === 'ask' ? next.question : next.message;
  if (!refusal) return { outcome: 'asks', says };
  return { outcome: 'refused', says, refusal: { code: refusal.code, message: refusal.message } };
}

function lastWait(next: Next): string {
  return next.kind === 'wait' ? ` Last it waited for ${next.for}.` : '';
}

/** A gateway ends by itself well before this; one that hangs all the same must not hang the fence. */
async function inTime<T>(work: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new OperatingFailure('CommandTimedOut', failureTypes.CommandTimedOut, { retryable: true });
    timer = setTimeout(() => reject(failure), withinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
