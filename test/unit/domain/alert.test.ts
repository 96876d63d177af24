import { sayAlertOf, sayOffline } from '../../../domain/alert';

describe('an alert, as people read it', () => {
  it.each([
    ['SiteOffline', 'site-b', 'site-a', '"site-b is offline" from site-a'],
    ['observer third', 'site-a and site-b', 'observer third', '"site-a and site-b are offline" from observer third'],
    ['SentinelStoppedSite', 'site-b', 'sentinel', '"site-b was stopped" from sentinel'],
  ])('%s about %s', (alertname, site, reporter, said) => {
    expect(sayAlertOf({ alertname, site, reporter })).toBe(said);
  });

  it('says the same in a report', () => {
    expect([sayOffline('site-a'), sayOffline('site-a and site-b')]).toEqual([
      'site-a is offline',
      'site-a and site-b are offline',
    ]);
  });
});
