import type { Phase, PhaseCost } from '../state';
import type { EpochMs } from '../time';
import type { ReportedRun } from './reported-run';

/** What the run has cost in Temporal. */
export interface Costs {
  phases: readonly (PhaseCost & { tookMs: number })[];
  events: number;
  actions: number;
  /** From the first command of the fence until the site was online; held against the aim once it is. */
  fenceToOnline: { events: number; actions: number; aim: number; reached: boolean };
}

/** Events of the history from fence to online, where nothing had to be tried again. */
const aim = 150;

const fromFenceToOnline: ReadonlySet<Phase> = new Set<Phase>([
  'fencing',
  'fenced',
  'clearing',
  'pushing',
  'comparing',
  'reattaching',
  'synchronized',
  'admitting',
  'soaking',
]);

/** @param until When the run ended, or now. */
export function costsOf({ costs = [], ended }: ReportedRun, until: EpochMs): Costs {
  const way = costs.filter(({ phase }) => fromFenceToOnline.has(phase));
  return {
    phases: costs.map((cost, index) => ({
      ...cost,
      tookMs: Math.max(0, (costs[index + 1]?.from ?? until) - cost.from),
    })),
    ...sum(costs),
    fenceToOnline: { ...sum(way), aim, reached: ended?.outcome === 'siteOnline' },
  };
}

function sum(costs: readonly PhaseCost[]): { events: number; actions: number } {
  return {
    events: costs.reduce((all, { events }) => all + events, 0),
    actions: costs.reduce((all, { actions }) => all + actions, 0),
  };
}
