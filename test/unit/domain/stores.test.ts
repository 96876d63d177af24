/** The stale site's store counter: what of its moves a run remembers. */
import { learnWayBack } from '../../../domain/learn-way-back';
import type { ApplicationState } from '../../../domain/observation';
import type { Known } from '../../../domain/state';
import { fine, now, observed, pair } from '../../support/observations';
import { fenced, protecting, split } from '../../support/run-states';

const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'a test' };

/** What is remembered after looks one second apart, between which the counter moved each time. */
function movingFor(seconds: number, application?: ApplicationState): readonly Known['storesUnchanged'][] {
  const state = fenced(protecting(), { detachedAt: now - 60_000, linkWholeSince: now - 60_000 });
  let { known } = state;
  return Array.from({ length: seconds }, (_, passed) => {
    const observation = observed({ ...split, b: { ...fine, endpoint: undefined, stores: 100 + passed, application } });
    known = learnWayBack({ pair, state, observation, roles, now: now + passed * 1_000 }, known);
    return known.storesUnchanged;
  });
}

const distinct = (remembered: readonly Known['storesUnchanged'][]) =>
  new Set(remembered.map((each) => each?.since)).size;

describe('the store counter of the stale site', () => {
  it('is remembered anew twice a minute, however often it moves', () => {
    expect(distinct(movingFor(120))).toBe(4);
  });

  it('is remembered anew at once after an application that reads stopped, a few times', () => {
    const remembered = movingFor(120, 'stopped');

    expect(remembered[4]).toEqual({ stores: 104, since: now + 4_000, moves: 2 });
    expect(distinct(remembered)).toBe(9);
  });
});
