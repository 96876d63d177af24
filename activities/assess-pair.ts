import { assess, domainVersion } from '../domain/assess';
import type { Cut } from '../domain/cuts';
import { drill } from '../domain/drill/drill';
import { needsSightings } from '../domain/ballots';
import { devicesToRead } from '../domain/fence-levels';
import { evidenceOf, type Evidence } from '../domain/evidence';
import type { Observation } from '../domain/observation';
import { findingsOfALook } from '../domain/readiness/assess-readiness';
import { rehearseFence } from '../domain/rehearse';
import type { RunState } from '../domain/state';
import type { Goal } from '../domain/heard';
import type { SitePair } from '../domain/site-pair';
import { verdictOf, type Verdict } from '../domain/verdict';
import { readCut } from '../domain/what-if-rows';
import { whatIsTrue } from '../domain/what-is-true';
import type { ActivityDependencies } from './dependencies';
import { applicationFailure, configuredPair } from './failures';
import { observe } from './observe';
import { readProgress } from './progress';
import { readFacts } from './readiness/read-facts';
import type { Activities, AssessPairInput, AssessPairResult } from './types';

/**
 * Looks at a pair and says what is next, by the pure rules of domain/assess.
 * Repeating it is harmless: it only reads. Throws `PairUnknown` when this worker's configuration lacks the pair.
 */
export function createAssessPair(dependencies: ActivityDependencies): Activities['assessPair'] {
  return async ({ pair: name, state }: AssessPairInput): Promise<AssessPairResult> => {
    const configured = configuredPair(dependencies, name);
    // Later looks leave what is shown as it is: the page goes on showing what the roles rest on.
    const rolesAreOpen = needsSightings(state.known);
    const [observation, searchAttributes, progress] = await Promise.all([
      observe(configured, dependencies, {
        deep: needsDeepLook(state),
        askObservers: rolesAreOpen,
        devices: devicesToRead(configured.pair, state),
      }),
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
      ...(rolesAreOpen && withEvidence(pair, observation, assessment.verdict, state)),
    };
  };
}

function withEvidence(
  pair: SitePair,
  observation: Observation,
  verdict: Verdict,
  state?: RunState,
): { evidence?: Evidence } {
  const evidence = evidenceOf(pair, observation, verdict, state);
  return evidence ? { evidence } : {};
}

const goalsOfTheWayBack: ReadonlySet<Goal> = new Set<Goal>(['synchronize', 'siteOnline', 'siteOffline']);

/** Before there are roles nothing is synchronized, and a fence is not slowed down by reads that it does not need. */
function needsDeepLook({ known, goal }: RunState): boolean {
  return known.roles !== undefined || goalsOfTheWayBack.has(goal);
}

/** @throws PairUnknown where this worker's pair has no such place: whoever asked goes by another configuration. */
function cutsOf(pair: SitePair, written: readonly string[]): readonly Cut[] {
  return written.flatMap((one) => {
    const cuts = readCut(pair, one);
    if (cuts) return cuts;
    throw applicationFailure('PairUnknown', `This worker's configuration has nothing that "${one}" could cut.`, false);
  });
}

/**
 * Looks at a pair outside any run, and rehearses a fence if asked to. Repeating it is harmless: it only reads.
 * The tags of the load balancers and the readiness are read here only: no run and no command needs them.
 */
export function createObservePair(dependencies: ActivityDependencies): Activities['observePair'] {
  return async ({ pair: name, fence, drill: drilling, patient }) => {
    const configured = configuredPair(dependencies, name);
    const cuts = drilling && cutsOf(configured.pair, drilling.cut);
    const facts = await readFacts(configured, dependencies, { patient, deep: cuts !== undefined });
    const { observation, devices } = facts;
    const verdict = verdictOf(configured.pair, observation);
    const looked = {
      observation,
      verdict,
      ...withEvidence(configured.pair, observation, verdict),
      readiness: findingsOfALook(configured.pair, facts),
      ...(configured.pair.fencing && { devices }),
    };
    if (cuts && verdict.kind === 'healthy') {
      const states = Object.entries(devices).map(([device, { state }]) => [device, state] as const);
      const seen = states.length > 0 ? { ...observation, devices: Object.fromEntries(states) } : observation;
      const { digest } = dependencies;
      return { ...looked, drill: drill({ pair: configured.pair, observation: seen, cuts, digest }) };
    }
    if (!fence) return looked;
    const plan = rehearseFence({ pair: configured.pair, observation, fence, now: dependencies.clock.now() });
    return { ...looked, plan };
  };
}
