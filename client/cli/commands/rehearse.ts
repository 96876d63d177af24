import type { PairConfig } from '../../../config';
import { exitCodes, type ExitCode } from '../exit-codes';
import { sayVerdict } from '../rendering/observation';
import { renderPlan } from '../rendering/plan';
import type { Session } from '../session';
import { look } from './observe';

/** What a fence of `site` would do now, by the rules that would run it. Changes nothing. */
export async function rehearse(
  session: Session,
  { name }: PairConfig,
  fence: { site: string; by: string },
): Promise<ExitCode> {
  const { output } = session;
  return session.withRuns(async ({ runs }) => {
    const { observation, verdict, plan } = await look(runs, { pair: name, fence });
    if (!plan) throw new Error('the look brought no plan');
    const now = `Now: ${sayVerdict(verdict, output.colours)}.`;
    const answer = { pair: name, site: fence.site, dryRun: true, verdict, plan };
    if ('refusal' in plan) {
      const { code, message } = plan.refusal;
      output.answer(`${now}\nWould be refused: ${code}: ${message}\nNothing was changed.`, answer);
      return exitCodes.refused;
    }
    const todo = `Nothing was changed. To do it: sitewarden fence ${name} --site ${fence.site} --reason "..."`;
    output.answer([now, renderPlan(plan, observation), todo].join('\n'), answer);
    return exitCodes.done;
  });
}
