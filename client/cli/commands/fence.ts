import { randomUUID } from 'node:crypto';
import { fenced } from '../aims';
import { reasonOf, siteOf, waitSeconds } from '../asked';
import type { ExitCode } from '../exit-codes';
import type { Session } from '../session';
import { pursue } from './pursue';
import { rehearse } from './rehearse';

export interface FenceOptions {
  site?: string;
  dryRun?: boolean;
  wait?: number | boolean;
  reason?: string;
}

/**
 * Asks the pair's run to fence a site, starting the run if there is none. What is printed as fenced was read back.
 * A dry run asks nobody and changes nothing.
 */
export async function fence(session: Session, name: string, options: FenceOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const site = siteOf(pair, options.site);
  const by = session.surroundings.who();
  if (options.dryRun) return rehearse(session, pair, { site, by });
  return pursue(session, pair, {
    request: { id: randomUUID(), goal: 'fence', site, by, reason: reasonOf(options.reason) },
    aim: fenced(site),
    does: `fences ${site}`,
    notYet: 'It is not proved yet.',
    ifNobodyWorks: {
      recorded: 'nothing is fenced yet',
      next: 'it fences without being asked again',
      instead: 'act without one: docs/runbooks/emergency.md',
    },
    withinSeconds: waitSeconds(options.wait),
  });
}
