/**
 * Places where a human decides: what is asked, what can be typed, and whether a run may pass.
 * Promise: a run passes a gate only by as many standing approvals as its policy asks for, or where the policy asks for none.
 */
import { allows, approvalsSinceRejection, lastRejection, standingApprovals, type Answering } from './approvals';
import type { Approvals, Gate, Next, Question } from './next';
import { note } from './notes';
import { oneLine } from './one-line';
import { planId, type Digest } from './plan';
import type { SiteName, SitePair } from './site-pair';
import type { Asked, Known, RunState } from './state';
import type { Goal, HeardDecision } from './heard';
import { clockTime, seconds, type EpochMs } from './time';

export interface Asking {
  gate: Gate;
  question: string;
  /** What an approval is about. Whatever has to make a new one necessary stands in it; live sizes do not. */
  plan: Readonly<Record<string, unknown>>;
  /** Entries that an approval would discard. An approval that allows fewer does not count. */
  discards?: number;
  /** Approvals that are needed whatever the policy says. */
  atLeast?: number;
}

/** The pair as if nobody had to be asked before it is fenced: for a rehearsal, and for whoever fences by their own hand. */
export function fencedUnasked(pair: SitePair): SitePair {
  const { fence, fenceDiverging, ...gates } = pair.policy.gates;
  const unasked = { fence: { ...fence, approvals: 0 }, fenceDiverging: { ...fenceDiverging, approvals: 0 } };
  return { ...pair, policy: { ...pair.policy, gates: { ...gates, ...unasked } } };
}

/** The part of a situation that a gate looks at. */
export interface Gating {
  pair: SitePair;
  state: Pick<RunState, 'heard' | 'incident'>;
  known: Known;
  now: EpochMs;
  digest: Digest;
}

export type AtGate =
  { known: Known; passed: readonly HeardDecision[]; plan: string } | { known: Known; question: Question };

/**
 * Whether a run may pass: by whose approvals, or what it asks until then. Without approvals needed it passes at once.
 * An unchanged situation gives an equal question.
 */
export function atGate(gating: Gating, asking: Asking): AtGate {
  const question = questionAt(gating, asking);
  const passed = passedBy(gating, question);
  if (passed) return { known: gating.known, passed, plan: question.plan };
  return { known: rememberAsked(gating.known, question, gating), question };
}

export type PlannedQuestion = Question & { plan: string; approvals: Approvals };

/** What is asked at a gate, whether or not it was answered. */
export function questionAt(gating: Gating, asking: Asking): PlannedQuestion {
  const { pair, state, known } = gating;
  const { gate, discards, atLeast = 0 } = asking;
  const { plan, since, expired, expiredPlan } = askedAt(gating, asking);
  const { expiresSeconds } = pair.policy.gates[gate];
  const answering: Answering = { state, epoch: known.epoch, question: { gate, plan, discards } };
  const approvals = approvalsOf(gating, gate, atLeast, standingApprovals(answering));
  const question = [asking.question, ...rejection(answering), ...overtaken(answering)].join(' ');
  const allowed = discards === undefined ? '' : ` --discard-at-most ${discards}`;
  return {
    kind: 'ask',
    gate,
    question,
    plan,
    approvals,
    since,
    expiresAt: expiresSeconds === undefined ? undefined : since + seconds(expiresSeconds),
    expired: expired === 0 ? undefined : expired,
    expiredPlan,
    discards,
    answers: [
      `approve ${pair.name} --gate ${gate} --plan ${plan}${allowed} --reason "..."`,
      `reject ${pair.name} --gate ${gate} --plan ${plan} --reason "..."`,
    ],
    signal: signalOf(approvals, { gate, plan, discardAtMost: discards }),
  };
}

/** The approvals by which the run passes; `undefined` while it has to wait. */
export function passedBy(
  { state, known }: Pick<Gating, 'state' | 'known'>,
  question: PlannedQuestion,
): readonly HeardDecision[] | undefined {
  const standing = standingApprovals({ state, epoch: known.epoch, question });
  return standing.length >= question.approvals.needed ? standing : undefined;
}

/** `alice`, or `alice and bob`. */
export function namesOf(decisions: readonly Pick<HeardDecision, 'by'>[]): string {
  return decisions.map(({ by }) => by).join(' and ');
}

/** The same question again is as old as it is; one that has expired is asked anew, under another plan. */
function askedAt({ pair, state, known, now, digest }: Gating, { gate, plan }: Asking): Asked {
  const { incident } = state;
  const idOf = (expired: number) =>
    planId({ ...plan, gate, incident, epoch: known.epoch, expired: expired === 0 ? undefined : expired }, digest);
  const before = everAsked(known).find((asked) => asked.gate === gate && asked.plan === idOf(asked.expired));
  if (!before) return { gate, plan: idOf(0), since: now, expired: 0 };
  const { expiresSeconds } = pair.policy.gates[gate];
  if (expiresSeconds === undefined || now - before.since < seconds(expiresSeconds)) return before;
  const expired = before.expired + 1;
  return { gate, plan: idOf(expired), since: now, expired, expiredPlan: before.plan };
}

const mostAskedBefore = 5;

/** Newest last. */
function everAsked({ asked, askedBefore = [] }: Known): readonly Asked[] {
  return asked ? [...askedBefore, asked] : askedBefore;
}

function askedOf(known: Known, gate: Gate, plan: string): Asked | undefined {
  return everAsked(known).find((asked) => asked.gate === gate && asked.plan === plan);
}

/** What is asked without a plan is asked anew in each epoch. */
function planOf({ plan }: Pick<Question, 'plan'>, epoch: number): string {
  return plan ?? `none, in epoch ${epoch}`;
}

/** Keeps since when a question is asked, and says in the timeline that it expired, or that it still waits. */
export function rememberAsked(known: Known, next: Next, { pair, now }: Pick<Gating, 'pair' | 'now'>): Known {
  if (next.kind !== 'ask' || next.since === undefined) return known;
  const { gate, since, expired = 0, expiredPlan } = next;
  const plan = planOf(next, known.epoch);
  const before = askedOf(known, gate, plan);
  const asked: Asked = { gate, plan, since, expired, expiredPlan, remindedAt: before?.remindedAt };
  const others = everAsked(known).filter((one) => one !== before && one.plan !== expiredPlan);
  const askedBefore = others.slice(-mostAskedBefore);
  const kept: Known = { ...known, asked, askedBefore: askedBefore.length > 0 ? askedBefore : undefined };
  if (!before && expiredPlan !== undefined) {
    return note(kept, now, `nobody decided in time at the gate ${gate}: it is asked anew, as plan ${plan}`);
  }
  const { remindSeconds } = pair.policy.gates[gate];
  const lastSaid = asked.remindedAt ?? since;
  if (remindSeconds === undefined || now - lastSaid < seconds(remindSeconds)) return kept;
  const reminded: Known = { ...kept, asked: { ...asked, remindedAt: now } };
  return note(reminded, now, `still waits for a person at the gate ${gate}, asked at ${clockTime(since)}`);
}

function rejection(answering: Answering): readonly string[] {
  const rejected = lastRejection(answering);
  if (!rejected) return [];
  const why = rejected.reason?.trim() ? `: ${oneLine(rejected.reason, 200)}` : '';
  return [`${rejected.by} rejected it${why}${/[.!?]$/.test(why) ? '' : '.'}`];
}

/** Approvals that were given for fewer entries than would be discarded by now. */
function overtaken(answering: Answering): readonly string[] {
  const { discards } = answering.question;
  return approvalsSinceRejection(answering)
    .filter((approval) => !allows(approval, discards))
    .map(({ by, discardAtMost = 0 }) => `${by} allowed ${discardAtMost} entries to be discarded; by now it is more.`);
}

function approvalsOf(
  { pair, state, known }: Pick<Gating, 'pair' | 'state' | 'known'>,
  gate: Gate,
  atLeast: number,
  standing: readonly HeardDecision[],
): Approvals {
  const { approvals, from, notRequester, unattributed, reasonRequired } = pair.policy.gates[gate];
  const requesters = notRequester ? requestersOf(state, known, gate) : [];
  // Whoever is not proved to be somebody is in no group, and may be whoever asked.
  const provedOnly = unattributed === 'refuse' || from !== undefined || requesters.length > 0;
  return {
    needed: Math.max(approvals, atLeast),
    by: standing.map(({ by }) => by),
    from,
    requesters: requesters.length > 0 ? requesters : undefined,
    unattributed: provedOnly ? 'refuse' : 'accept',
    reasonRequired,
  };
}

const goalAt: Readonly<Partial<Record<Gate, Goal>>> = {
  fence: 'fence',
  fenceDiverging: 'fence',
  synchronize: 'synchronize',
  siteOnline: 'siteOnline',
  siteOffline: 'siteOffline',
};

/** Everybody who asked for what is decided at that gate. */
function requestersOf(state: Gating['state'], known: Known, gate: Gate): readonly string[] {
  const asked = state.heard.requests.filter(
    ({ id, goal, refused }) => goal === goalAt[gate] && !refused && !known.refusedRequests[id],
  );
  return [...new Set(asked.map(({ by }) => by))];
}

function signalOf({ unattributed }: Approvals, typed: Readonly<Record<string, unknown>>): string | undefined {
  return unattributed === 'refuse' ? undefined : JSON.stringify({ ...typed, reason: '...' });
}

type Choosing = Omit<Gating, 'digest'>;

/**
 * The decision for the site that people chose to be kept, in this epoch: the latest for a site that enough of them chose.
 * The answer names the site, so the question needs no plan and stays; what expires is a choice.
 */
export function chosenKeepSite(choosing: Choosing): HeardDecision | undefined {
  const chosen = standingChoices(choosing);
  const { approvals } = choosing.pair.policy.gates.keepSite;
  return chosen.findLast(({ site }) => chosen.filter((one) => one.site === site).length >= approvals);
}

function standingChoices({ pair, state, known, now }: Choosing): readonly HeardDecision[] {
  const { expiresSeconds } = pair.policy.gates.keepSite;
  const choices = standingApprovals({ state, epoch: known.epoch, question: { gate: 'keepSite' } });
  return choices.filter(({ at }) => expiresSeconds === undefined || now - at < seconds(expiresSeconds));
}

/** A question that a person can only act on, by hand. */
export function unanswerable({ gate, question }: Pick<Question, 'gate' | 'question'>): Question {
  return { kind: 'ask', gate, question, choices: [], answers: [] };
}

export function askKeepSite(choosing: Choosing, question: string): Question {
  const { pair, state, known, now } = choosing;
  const answering: Answering = { state, epoch: known.epoch, question: { gate: 'keepSite' } };
  const chosen = standingChoices(choosing);
  const approvals = approvalsOf(choosing, 'keepSite', 1, chosen);
  const choices = approvals.needed > 1 ? chosen.map(({ by, site }) => `${by} would keep ${site}.`) : [];
  const approve = (site: SiteName) => `approve ${pair.name} --gate keepSite --site ${site} --reason "..."`;
  return {
    kind: 'ask',
    gate: 'keepSite',
    question: [question, ...rejection(answering), ...choices].join(' '),
    choices: pair.sites,
    approvals,
    since: askedOf(known, 'keepSite', planOf({}, known.epoch))?.since ?? now,
    answers: pair.sites.map(approve),
    signal: signalOf(approvals, { gate: 'keepSite', site: pair.sites.join(' or ') }),
  };
}
