import { placementFindings } from '../../../../domain/readiness/placement';
import type { Placement } from '../../../../domain/site-pair';
import { pair } from '../../../support/observations';
import { surroundings, wellPlaced } from '../../../support/surroundings';

const findings = (placement?: Placement, besideTemporal: readonly string[] = []) =>
  placementFindings({ ...pair, placement }, { surroundings: surroundings({ besideTemporal }) });

describe('the placement of our own parts', () => {
  it('is none to tell of where it is declared to be outside both sites', () => {
    expect(findings(wellPlaced.placement)).toEqual([]);
  });

  it('that nobody declared is said not to be known, with what to write', () => {
    expect(findings()).toEqual([
      {
        what: "where the worker, Temporal, Temporal's store stand is not known",
        consequence: 'what stands in a site is lost with it, and then nothing fences by itself',
        fix: 'once it is so, write into the pair: placement: { worker: outside, temporal: outside, temporalStore: outside }',
      },
    ]);
    expect(findings({ worker: 'outside', temporal: 'outside' })).toMatchObject([
      {
        what: "where Temporal's store stands is not known",
        fix: expect.stringContaining('{ temporalStore: outside }'),
      },
    ]);
  });

  it('in a site, as declared: what comes of it', () => {
    expect(findings({ ...wellPlaced.placement, worker: 'site-b' })).toMatchObject([
      {
        what: 'the worker stands in site-b, as placement says',
        consequence: expect.stringContaining('when site-b is lost nothing fences it by itself'),
      },
    ]);
  });

  it('declared outside, and contradicted by an address of the configuration: that is told', () => {
    expect(findings(wellPlaced.placement, ['site-a'])).toMatchObject([
      { what: 'Temporal is configured at the host of a server of site-a' },
    ]);
  });
});
