import { assess } from '../domain/assess';
import { runInAFence } from './a-run';
import { perSecond, timeInTurns, type Comparison } from './measure';

/** The rules, against writing and reading as JSON what they look at: what Temporal does with it at every look. */
export async function assessing(): Promise<Comparison[]> {
  const run = runInAFence();
  const { one, other } = timeInTurns(
    () => assess(run),
    () => JSON.parse(JSON.stringify([run.state, run.observation])) as unknown,
  );
  return [
    {
      what: 'assessing a run in a fence',
      measured: perSecond(one),
      against: 'JSON and back of its state and observation',
      baseline: perSecond(other),
      ratio: one / other,
    },
  ];
}
