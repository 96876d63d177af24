import { alertSince, reasonsToWait, runSince, type BeforeTheCut } from '../../../lab/demo/since-the-cut';
import type { PairStatus } from '../../../client/site-pair-client';
import type { RunStatus } from '../../../workflows/contract/inputs';

const cutAt = Date.UTC(2030, 0, 1, 12, 0, 0);
const siteOffline = { labels: { alertname: 'SiteOffline', site: 'site-b' } };
const siteViewAbsent = { labels: { alertname: 'SiteViewAbsent' } };
const calm: BeforeTheCut = {
  views: { 'site-a': true, 'site-b': true },
  scrapedWhole: true,
  prometheus: [],
  alertmanager: [],
  pair: { run: 'none' },
};

function openRun(startedAt: number): PairStatus & { run: 'open' } {
  const status = { pair: 'demo', startedAt } as RunStatus;
  return { run: 'open', startedAt: new Date(startedAt), runId: 'one', status };
}

describe('before the cut', () => {
  it('nothing is waited for when both views are whole, no SiteOffline is held and no run is open', () => {
    expect(reasonsToWait(calm)).toEqual([]);
    expect(reasonsToWait({ ...calm, pair: { run: 'closed', outcome: 'averted', runId: 'one' } })).toEqual([]);
    expect(reasonsToWait({ ...calm, prometheus: [siteViewAbsent], alertmanager: [siteViewAbsent] })).toEqual([]);
  });

  it.each<[string, Partial<BeforeTheCut>, string]>([
    ['a view', { views: { 'site-a': true, 'site-b': false } }, 'site-b does not see the other site'],
    ['a scrape', { scrapedWhole: false }, 'Prometheus has not yet scraped two whole views'],
    ['Prometheus', { prometheus: [siteOffline] }, 'SiteOffline is pending or firing in Prometheus'],
    ['Alertmanager', { alertmanager: [siteOffline] }, 'SiteOffline is active in Alertmanager'],
    ['a run', { pair: openRun(cutAt) }, 'a run of the pair is open'],
  ])('%s that is left over from the start is waited for, by name', (_what, leftOver, reason) => {
    expect(reasonsToWait({ ...calm, ...leftOver })).toEqual([reason]);
  });
});

describe('since the cut', () => {
  it('a run that was open before the cut is not the one that the cut brought about', () => {
    expect(runSince(cutAt, openRun(cutAt - 230))).toBeUndefined();
  });

  it('a run that began after the cut is', () => {
    const run = openRun(cutAt + 3_100);

    expect(runSince(cutAt, run)).toBe(run.status);
  });

  it('no run, and a run that has ended, are none', () => {
    expect(runSince(cutAt, { run: 'none' })).toBeUndefined();
    expect(runSince(cutAt, { run: 'closed', outcome: 'averted', runId: 'one' })).toBeUndefined();
  });

  it('of several alerts the SiteOffline counts that fires since the cut', () => {
    const at = (ms: number) => ({ startsAt: new Date(cutAt + ms).toISOString() });
    const wanted = { ...siteOffline, ...at(3_000) };

    expect(alertSince(cutAt, [{ ...siteOffline, ...at(-1) }])).toBeUndefined();
    expect(alertSince(cutAt, [{ ...siteOffline, ...at(-1) }, { ...siteViewAbsent, ...at(2_000) }, wanted])).toBe(
      wanted,
    );
  });
});
