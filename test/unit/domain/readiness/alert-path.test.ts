import { alertPathFindings } from '../../../../domain/readiness/alert-path';
import type { Surroundings } from '../../../../domain/readiness/surroundings';
import { now, observed, pair, read, unread } from '../../../support/observations';
import { surroundings } from '../../../support/surroundings';

const minutes = (count: number): number => count * 60_000;
const findings = (alertPath: Surroundings['alertPath']) =>
  alertPathFindings(pair, { observation: observed(), surroundings: surroundings({ alertPath }) });

describe('the alert path', () => {
  it('is none to tell of where the watchdog of each site was heard lately', () => {
    expect(findings({ 'site-a': read(now - minutes(4)), 'site-b': read(now - minutes(20)) })).toEqual([]);
  });

  it('that was never heard, or is silent: for which view, since when, and what to do', () => {
    expect(findings({ 'site-a': read('never' as const), 'site-b': read(now - minutes(62)) })).toEqual([
      {
        what: 'no watchdog alert arrived for the view of site-a, as far back as Temporal keeps',
        consequence: 'were site-b lost, the view of site-a would not be heard, and a fence would not begin by itself',
        fix: expect.stringContaining('deploy the rule and the route of deploy/alerting') as string,
      },
      {
        what: 'the alert path of site-b is silent since 2026-11-22 02:10:01 UTC (1 h 02 m)',
        consequence: 'were site-a lost, the view of site-b would not be heard, and a fence would not begin by itself',
        fix: expect.stringContaining('its route in Alertmanager') as string,
      },
    ]);
  });

  it('is silent from the second record on that is missing', () => {
    const of = (ageMs: number) => findings({ 'site-a': read(now - ageMs), 'site-b': read(now) });

    expect([of(minutes(20)), of(minutes(20) + 1)].map(({ length }) => length)).toEqual([0, 1]);
  });

  it('that was heard by a clock that is ahead was heard now', () => {
    expect(findings({ 'site-a': read(now + minutes(90)), 'site-b': read(now) })).toEqual([]);
  });

  it('that could not be asked for is a finding, as is one of which nothing was read', () => {
    expect(findings({ 'site-a': unread('TemporalUnreachable') }).map(({ what }) => what)).toEqual([
      'when the alert path of site-a was last heard could not be read (TemporalUnreachable)',
      'when the alert path of site-b was last heard could not be read (NotObserved)',
    ]);
  });
});
