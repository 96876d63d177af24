/** When what a person asked for, or approved, is reached, and how that is said. */
import type { Gate, Outcome } from '../../domain/next';
import type { SiteName } from '../../domain/site-pair';
import { clockTime } from '../../domain/time';
import { groupsOf, isAdmitted } from '../../domain/traffic';
import type { RunStatus } from '../../workflows/contract/inputs';

export interface Aim {
  /** Of the open run: it goes on after that. */
  reached: (status: RunStatus) => boolean;
  sayReached: (status: RunStatus) => string;
  /** How a run ends that has reached it. */
  endsAs: readonly Outcome[];
  /** As in `Not fenced`. */
  missed: string;
}

/** @param site The one to be fenced; whichever it is when absent. */
export function fenced(site?: SiteName): Aim {
  return {
    // A proof that is older than the way back says nothing of a fence that was asked for on it.
    reached: ({ phase, provedSince, roles }) =>
      (phase === 'fenced' || phase === 'clearing') &&
      provedSince !== undefined &&
      (site === undefined || roles?.staleSite === site),
    sayReached: ({ roles, provedSince = 0 }) =>
      `Fenced: ${roles?.staleSite} is out, ${roles?.keepSite} serves everyone; proved since ${clockTime(provedSince)}. The run goes on and guards.`,
    endsAs: [],
    missed: 'Not fenced',
  };
}

export function synchronized(): Aim {
  return {
    reached: ({ phase }) => phase === 'synchronized' || phase === 'admitting' || phase === 'soaking',
    sayReached: saySynchronized,
    endsAs: ['siteOnline'],
    missed: 'Not synchronized',
  };
}

function saySynchronized({ roles, synchronization, pair }: RunStatus): string {
  const { keepSite = 'the other site', staleSite = 'the stale site' } = roles ?? {};
  const { equalAt } = synchronization ?? {};
  const proved = equalAt === undefined ? '' : `; every key and value compared equal at ${clockTime(equalAt)}`;
  return `Synchronized: ${staleSite} holds what ${keepSite} holds${proved}. To have it serve: sitewarden site-online ${pair} --site ${staleSite} --reason "..."`;
}

export function online(site: SiteName): Aim {
  return {
    reached: ({ phase, return: back }) => phase === 'soaking' || back?.servingAt !== undefined,
    sayReached: ({ return: back }) => {
      const proved = back?.servingAt === undefined ? '' : `, proved at ${clockTime(back.servingAt)}`;
      const until = back?.soakUntil === undefined ? '' : ` until ${clockTime(back.soakUntil)}`;
      return `Online: ${site} serves again${proved}. The run watches it${until}, and fences again should the sites split.`;
    },
    endsAs: ['siteOnline'],
    missed: 'Not back in traffic',
  };
}

/** The run ends by itself once the site is proved to be out. */
export function offline(): Aim {
  return { reached: () => false, sayReached: () => '', endsAs: ['siteOffline'], missed: 'Not taken out' };
}

function admitted(site: SiteName): Aim {
  return {
    reached: ({ observation }) => isAdmitted((observation && groupsOf(observation)) ?? [], site),
    sayReached: () => `${site} is in traffic, in place of the lost site. The run goes on and guards.`,
    endsAs: [],
    missed: 'Not in traffic',
  };
}

/** What an approval at a gate is to bring about. @param site The one that the question is about. */
export function aimAt(gate: Gate, site: SiteName): Aim {
  switch (gate) {
    case 'fence':
    case 'fenceDiverging':
    case 'keepSite':
      return fenced();
    case 'synchronize':
      return synchronized();
    case 'siteOnline':
      return online(site);
    case 'siteOffline':
      return offline();
    case 'admitStaleSite':
      return admitted(site);
  }
}
