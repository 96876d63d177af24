/** The goals of the way back: each is asked of the pair's run, which asks people at its gates and proves each step. */
import { randomUUID } from 'node:crypto';
import type { Goal } from '../../../domain/state';
import { clockTime } from '../../../domain/time';
import type { RunStatus } from '../../../workflows/contract/inputs';
import { reasonOf, siteOf, waitSeconds } from '../asked';
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

/** `--wait` alone stands for half an hour: people have to answer, and every entry is pushed and compared. */
export const usualWaitSeconds = 1_800;

/** Makes the fenced site equal to the one that serves; it stays out of traffic. */
export function synchronize(session: Session, name: string, options: WayBackOptions): Promise<ExitCode> {
  return pursue(session, session.pair(name), {
    ...common(session, 'synchronize', options),
    does: 'synchronizes the fenced site',
    notYet: 'It is not synchronized yet, and people may have to approve.',
    reached: ({ phase }) => phase === 'synchronized' || phase === 'admitting' || phase === 'soaking',
    sayReached: saySynchronized,
    endsAs: ['siteOnline'],
    missed: 'Not synchronized',
    ifNobodyWorks: { recorded: 'nothing is synchronized yet', next: 'it goes on without being asked again' },
  });
}

function saySynchronized({ roles, synchronization, pair }: RunStatus): string {
  const { keepSite = 'the other site', staleSite = 'the stale site' } = roles ?? {};
  const { equalAt } = synchronization ?? {};
  const proved = equalAt === undefined ? '' : `; every key and value compared equal at ${clockTime(equalAt)}`;
  return `Synchronized: ${staleSite} holds what ${keepSite} holds${proved}. It serves nobody yet: sitewarden site-online ${pair} --site ${staleSite} --reason "..."`;
}

/** Puts a synchronized site back into traffic, and watches it. */
export function siteOnline(session: Session, name: string, options: SiteOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const site = siteOf(pair, options.site);
  return pursue(session, pair, {
    ...common(session, 'siteOnline', options, site),
    does: `brings ${site} back into traffic`,
    notYet: 'It does not serve yet, and people may have to approve.',
    reached: ({ phase, return: back }) => phase === 'soaking' || back?.servingAt !== undefined,
    sayReached: (status) => sayOnline(site, status),
    endsAs: ['siteOnline'],
    missed: 'Not back in traffic',
    ifNobodyWorks: { recorded: `${site} is as it was`, next: 'it goes on without being asked again' },
  });
}

function sayOnline(site: string, { return: back }: RunStatus): string {
  const proved = back?.servingAt === undefined ? '' : `, proved at ${clockTime(back.servingAt)}`;
  const until = back?.soakUntil === undefined ? '' : ` until ${clockTime(back.soakUntil)}`;
  return `Online: ${site} serves again${proved}. The run watches it${until}, and fences again should the sites split.`;
}

/** Takes one of two healthy sites out of traffic, as planned. */
export function siteOffline(session: Session, name: string, options: SiteOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const site = siteOf(pair, options.site);
  return pursue(session, pair, {
    ...common(session, 'siteOffline', options, site),
    does: `takes ${site} out of traffic`,
    notYet: 'It is not proved to be out yet.',
    // The run ends by itself once the site is proved to be out.
    reached: () => false,
    sayReached: () => '',
    endsAs: ['siteOffline'],
    missed: 'Not taken out',
    ifNobodyWorks: { recorded: `${site} is as it was`, next: 'it goes on without being asked again' },
  });
}

function common(
  session: Session,
  goal: Goal,
  { reason, wait }: WayBackOptions,
  site?: string,
): Pick<Pursuit, 'request' | 'withinSeconds'> {
  const by = session.surroundings.who();
  return {
    request: { id: randomUUID(), goal, site, by, reason: reasonOf(reason) },
    withinSeconds: waitSeconds(wait, usualWaitSeconds),
  };
}
