import { commandKey } from '../command';
import type { Next, Question } from '../next';
import type { Observation } from '../observation';
import { rolesForRequest } from '../roles';
import { otherSite, type SiteName, type SitePair } from '../site-pair';
import type { RunState } from '../state';
import type { HeardDecision } from '../heard';
import type { EpochMs } from '../time';

interface Deciding {
  pair: SitePair;
  state: RunState;
  observation: Observation;
  now: EpochMs;
}

/**
 * The run with as many people having agreed as have to, or with a person's word for what was done by hand.
 * @returns undefined where no answer is taken, or none would help.
 */
export function answered(deciding: Deciding, asking: Extract<Next, { kind: 'ask' | 'blocked' }>): RunState | undefined {
  return asking.kind === 'ask' ? approved(deciding, asking) : confirmed(deciding, asking);
}

function approved(deciding: Deciding, question: Question): RunState | undefined {
  const { gate, plan, approvals, discards, answers, choices } = question;
  const site = choices && siteToKeep(deciding, choices);
  if (!approvals || answers.length === 0 || (choices && site === undefined)) return undefined;
  const people = Array.from({ length: approvals.needed }, (_, index) => `person ${index + 1}`);
  const { from } = approvals;
  return heard(
    deciding,
    people.map((by) => ({ kind: 'approve', gate, plan, site, by, groups: from, discardAtMost: discards })),
  );
}

function confirmed(deciding: Deciding, { can, command }: Extract<Next, { kind: 'blocked' }>): RunState | undefined {
  if (!can.includes('confirm')) return undefined;
  return heard(deciding, [{ kind: 'confirm', by: 'person 1', about: commandKey(command) }]);
}

/** The preferred site, where it could be kept. */
function siteToKeep({ pair, observation }: Deciding, choices: readonly SiteName[]): SiteName | undefined {
  const can = choices.filter(
    (site) => 'roles' in rolesForRequest(observation, pair, otherSite(pair, site), 'a person'),
  );
  return can.find((site) => site === pair.policy.preferredSite) ?? can[0];
}

type Said = Pick<HeardDecision, 'kind' | 'by'> & Partial<HeardDecision>;

function heard({ state, now }: Deciding, said: readonly Said[]): RunState {
  const { epoch } = state.known;
  const decisions = said.map((one): HeardDecision => ({ how: 'api', reason: 'a drill', ...one, at: now, epoch }));
  return { ...state, heard: { ...state.heard, decisions: [...state.heard.decisions, ...decisions] } };
}
