/** The goals of the way back: each is asked of the pair's run, which asks people at its gates and proves each step. */
import { randomUUID } from 'node:crypto';
import type { Goal } from '../../../domain/heard';
import { offline, online, synchronized } from '../aims';
import { longWaitSeconds, reasonOf, siteOf, waitSeconds } from '../asked';
import type { ExitCode } from '../exit-codes';
import type { Session } from '../session';
import { pursue, type Pursuit } from './pursue';

export interface WayBackOptions {
  wait?: number | boolean;
  reason?: string;
}

export interface SiteOptions extends WayBackOptions {
  site?: string;
}

/** Makes the fenced site equal to the one that serves; it stays out of traffic. */
export function synchronize(session: Session, name: string, options: WayBackOptions): Promise<ExitCode> {
  return pursue(session, session.pair(name), {
    ...asked(session, 'synchronize', options),
    aim: synchronized(),
    does: 'synchronizes the fenced site',
    notYet: 'It is not synchronized yet, and people may have to approve.',
    ifNobodyWorks: { recorded: 'nothing is synchronized yet', next },
  });
}

/** Puts a synchronized site back into traffic, and watches it. */
export function siteOnline(session: Session, name: string, options: SiteOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const site = siteOf(pair, options.site);
  return pursue(session, pair, {
    ...asked(session, 'siteOnline', options, site),
    aim: online(site),
    does: `brings ${site} back into traffic`,
    notYet: 'It does not serve yet, and people may have to approve.',
    ifNobodyWorks: { recorded: `${site} is as it was`, next },
  });
}

/** Takes one of two healthy sites out of traffic, as planned. */
export function siteOffline(session: Session, name: string, options: SiteOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const site = siteOf(pair, options.site);
  return pursue(session, pair, {
    ...asked(session, 'siteOffline', options, site),
    aim: offline(),
    does: `takes ${site} out of traffic`,
    notYet: 'It is not proved to be out yet.',
    ifNobodyWorks: { recorded: `${site} is as it was`, next },
  });
}

const next = 'it goes on without being asked again';

function asked(
  session: Session,
  goal: Goal,
  { reason, wait }: WayBackOptions,
  site?: string,
): Pick<Pursuit, 'request' | 'withinSeconds'> {
  const by = session.surroundings.who();
  return {
    request: { id: randomUUID(), goal, site, by, reason: reasonOf(reason) },
    withinSeconds: waitSeconds(wait, longWaitSeconds),
  };
}
