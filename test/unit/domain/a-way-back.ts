/** A fenced pair on its way back, as the rows of the way back are given it. */
import type { Condition, Situation } from '../../../domain/conditions/condition';
import type { CacheComparison, Comparison } from '../../../domain/comparison';
import type { Next } from '../../../domain/next';
import type { Known, RunState } from '../../../domain/state';
import type { Synchronization } from '../../../domain/way-back';
import { digest, fine, now, observed, pair as usual, type Seen } from '../../support/observations';
import { fenced, protecting } from '../../support/run-states';
import { withCommands } from './a-round';

export const pair = { ...usual, workloads: { 'site-a': 'exec', 'site-b': 'exec' } } as const;
export const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'a test' };
export const way: Synchronization = {
  plan: 'plan',
  by: ['somebody'],
  since: now - 60_000,
  discarded: 0,
  keepSiteStartedAt: fine.startedAt as number,
  staleSiteStartedAt: fine.startedAt as number,
  caches: ['sessions', 'work'],
  pushStarts: [],
  pushed: [],
  spoiled: [],
};
export const out = { ...fine, endpoint: undefined };

export function situation(seen: Seen, part: Partial<Known> = {}): Situation {
  const state = fenced(protecting(), part);
  return { pair, state, known: state.known, roles, observation: observed(seen), now, digest };
}

export function row(rows: readonly Condition[], name: string): Condition {
  const found = rows.find((one) => one.name === name);
  if (!found) throw new Error(`there is no row ${name}`);
  return found;
}
export const counted: CacheComparison = {
  keepEntries: 10,
  staleEntries: 10,
  onlyOnKeep: 0,
  onlyOnStale: 2,
  differing: 1,
};
export const same: CacheComparison = { ...counted, onlyOnStale: 0, differing: 0 };
export const comparison: Comparison = {
  keepSite: 'site-a',
  staleSite: 'site-b',
  epoch: 1,
  startedAt: now - 20_000,
  endedAt: now - 10_000,
  keepSiteStartedAt: fine.startedAt as number,
  staleSiteStartedAt: fine.startedAt as number,
  caches: { sessions: counted, work: same },
};

/** The same situation, with what the loop remembers of its commands. */
export function after(before: Situation, change: (state: RunState) => RunState): Situation {
  return { ...before, state: change(before.state) };
}

export function compared(before: Situation, part: Partial<Comparison> = {}, comparedInRound = 5): Situation {
  return after(before, (state) => withCommands(state, { comparison: { ...comparison, ...part }, comparedInRound }));
}

export function said(next: Next | Known | undefined): string {
  if (!next || !('kind' in next)) return 'nothing';
  if (next.kind === 'wait') return `wait for ${next.for}`;
  if (next.kind === 'do') return next.command.kind;
  return next.kind === 'blocked' ? `blocked: ${next.type}` : next.kind;
}
