import { assess } from '../domain/assess';
import { renderDetails } from '../workflows/details';
import { RunPage } from '../workflows/run-page';
import { runInAFence } from './a-run';
import { perSecond, timeInTurns, type Comparison } from './measure';

/** The page of the Temporal UI, drawn anew after every look and message, against the look itself. */
export async function detailsPage(): Promise<Comparison[]> {
  const run = runInAFence();
  const page = new RunPage(run.state);
  const { verdict, next } = assess(run);
  const status = { ...page.status(), verdict, next, observation: run.observation };
  const { one, other } = timeInTurns(
    () => renderDetails(status, run.state),
    () => assess(run),
  );
  return [
    {
      what: 'drawing the details page',
      measured: perSecond(one),
      against: 'assessing the same run',
      baseline: perSecond(other),
      ratio: one / other,
    },
  ];
}
