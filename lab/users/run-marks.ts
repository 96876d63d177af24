import type { TimelineEntry } from '../../domain/state';
import type { Incident } from '../demo/incident';
import type { Mark } from './timeline';

/** What the demo's milestones are called in a timeline. */
const milestoneMarks: Record<string, Omit<Mark, 'at'>> = {
  'alert SiteOffline fires': { what: 'alert', minor: true },
  'endpoint removed': { what: 'out of traffic', minor: true },
  'both re-read and proved': { what: 'fenced' },
};

/** What the lines of a run's own timeline are called here. */
const runMarks: readonly (readonly [line: RegExp, mark: Omit<Mark, 'at'>])[] = [
  [/^synchronize .*approved by/, { what: 'approved', minor: true }],
  [/^pushed: /, { what: 'pushed', minor: true }],
  [/ serves again; watched until /, { what: 'online' }],
];

/** The marks of a fence. @throws when a milestone that every fence passes is not among them. */
export function marksOfFence({ cutAt, milestones }: Pick<Incident, 'cutAt' | 'milestones'>): readonly Mark[] {
  return Object.entries(milestoneMarks).map(([milestone, mark]) => {
    const reached = milestones.find(({ what }) => what === milestone);
    if (!reached) throw new Error(`the incident has no milestone "${milestone}"`);
    return { ...mark, at: cutAt + reached.seconds * 1_000 };
  });
}

/** The marks of the way back, as the run itself noted them. @throws when one is not among them. */
export function marksOfWayBack(timeline: readonly TimelineEntry[]): readonly Mark[] {
  return runMarks.map(([line, mark]) => {
    const noted = timeline.find(({ what }) => line.test(what));
    if (!noted) throw new Error(`the run noted nothing like ${String(line)}`);
    return { ...mark, at: noted.at };
  });
}
