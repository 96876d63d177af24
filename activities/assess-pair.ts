import { assess, domainVersion } from '../domain/assess';
import { readinessFindings } from '../domain/readiness';
import { rehearseFence } from '../domain/rehearse';
import type { Goal, RunState } from '../domain/state';
import { siteTagFindings } from '../domain/site-tags';
import { verdictOf } from '../domain/verdict';
import { whatIsTrue } from '../domain/what-is-true';
import type { ActivityDependencies } from './dependencies';
import { configuredPair } from './failures';
import { observe } from './observe';
import { readProgress } from './progress';
import { readReadiness } from './readiness';
import type { Activities, AssessPairInput, AssessPairResult } from './types';

/**
 * Looks at a pair and says what is next, by the pure rules of domain/assess.
 * Repeating it is harmless: it only reads. Throws `PairUnknown` when this worker's configuration lacks the pair.
 */
export function createAssessPair(dependencies: ActivityDependencies): Activities['assessPair'] {
  return async ({ pair: name, state }: AssessPairInput): Promise<AssessPairResult> => {
    const configured = configuredPair(dependencies, name);
    const [observation, searchAttributes, progress] = await Promise.all([
      observe(configured, dependencies, { deep: needsDeepLook(state) }),
      dependencies.registeredSearchAttributes(),
      readProgress(state),
    ]);
    const { clock, digest } = dependencies;
    const at = clock.now();
    const { pair, configHash } = configured;
    const assessment = assess({ pair, state, observation, now: at, digest });
    dependencies.journal.assessed({ pair: name, before: state, assessment, at, progress });
    return {
      ...assessment,
      observation,
      truth: whatIsTrue(pair, observation),
      mode: pair.mode,
      at,
      domainVersion,
      configHash,
      searchAttributes,
      progress,
    };
  };
}

const goalsOfTheWayBack: ReadonlySet<Goal> = new Set<Goal>(['synchronize', 'siteOnline', 'siteOffline']);

/** Before there are roles nothing is synchronized, and a fence is not slowed down by reads that it does not need. */
function needsDeepLook({ known, goal }: RunState): boolean {
  return known.roles !== undefined || goalsOfTheWayBack.has(goal);
}

/** The longest that the load balancers are waited for, as for any read of an observation. */
const siteTagsBudgetMs = 2_000;

/**
 * Looks at a pair outside any run, and rehearses a fence if asked to. Repeating it is harmless: it only reads.
 * The tags of the load balancers and the readiness are read here only: no run and no command needs them.
 */
export function createObservePair(dependencies: ActivityDependencies): Activities['observePair'] {
  return async ({ pair: name, fence }) => {
    const configured = configuredPair(dependencies, name);
    const { siteTags } = configured.gateways;
    const [observation, tags, readiness] = await Promise.all([
      observe(configured, dependencies),
      siteTags.readSiteTags(AbortSignal.timeout(siteTagsBudgetMs)),
      readReadiness(configured, dependencies),
    ]);
    const looked = {
      observation,
      verdict: verdictOf(configured.pair, observation),
      findings: siteTagFindings(tags),
      readiness: readinessFindings(configured.pair, observation, readiness),
    };
    if (!fence) return looked;
    const plan = rehearseFence({ pair: configured.pair, observation, fence, now: dependencies.clock.now() });
    return { ...looked, plan };
  };
}
