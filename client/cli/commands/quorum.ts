import { toSitePair } from '../../../config';
import type { SiteName, SitePair } from '../../../domain/site-pair';
import { hasWitness } from '../../../domain/voting';
import { whatIf } from '../../../domain/what-if';
import { situationsOf } from '../../../domain/what-if-rows';
import { cutsOf } from '../cuts';
import { exitCodes, type ExitCode } from '../exit-codes';
import { renderQuorum, type QuorumRow } from '../rendering/quorum';
import type { Session } from '../session';
import { Trouble } from '../trouble';

export interface QuorumOptions {
  cut?: readonly string[];
  score?: readonly string[];
}

/** Who would be kept if something were cut, by the rules that decide. Asks nothing over the network. */
export function quorum(session: Session, name: string, { cut, score = [] }: QuorumOptions): Promise<ExitCode> {
  const pair = toSitePair(session.pair(name));
  const scores = score.length > 0 ? Object.fromEntries(score.map((one) => scoreOf(pair, one))) : undefined;
  const situations = cut ? [{ written: cut, cuts: cutsOf(pair, cut) }] : situationsOf(pair);
  const rows = situations.map(({ written, cuts }): QuorumRow => ({ cut: written, ...whatIf(pair, { cuts, scores }) }));
  const { majority } = pair.policy.quorum;
  const { colours } = session.output;
  const about = { pair: name, majority, witnesses: hasWitness(pair), scores };
  session.output.answer(renderQuorum({ ...about, rows, details: cut !== undefined, colours }), { ...about, rows });
  return Promise.resolve(exitCodes.done);
}

/** `site-a=3`. */
function scoreOf({ name, heuristics = {} }: SitePair, written: string): readonly [SiteName, number] {
  const [, site = '', digits = ''] = /^([^=]+)=(\d+)$/.exec(written) ?? [];
  const scored = Object.keys(heuristics);
  const total = Object.values(heuristics[site]?.checks ?? {}).reduce((sum, one) => sum + one, 0);
  if (scored.includes(site) && Number(digits) <= total) return [site, Number(digits)];
  const next =
    scored.length === 0
      ? `No site of ${name} has scored checks (heuristics): leave --score out.`
      : scored.includes(site)
        ? `Write ${site}=0 to ${site}=${total}, the points of all its checks.`
        : `Write ${scored[0]}=3 for "${scored[0]} scores 3". With scored checks in ${name}: ${scored.join(', ')}.`;
  throw new Trouble(exitCodes.usageOrConfig, `"${written}" is no score of a site.`, next);
}
