/** Behind one URL of several servers starts and stores are now the one's, now the other's. */
import { fine, now, observed } from '../../support/observations';
import { fenced, protecting, taught } from '../../support/run-states';

function withMembers(members: readonly string[]) {
  const seen = observed({ a: { ...fine, backup: 'offline' }, b: { ...fine, endpoint: undefined } });
  const view = { value: { localSite: 'site-a', sitesView: ['site-a', 'site-b'], members }, at: now };
  return { ...seen, sites: { ...seen.sites, 'site-a': { ...seen.sites['site-a']!, view } } };
}

describe('a site of several Infinispan servers', () => {
  it('is told as a finding, once, however often it is read', () => {
    const state = taught(fenced(protecting()), withMembers(['site-a-1', 'site-a-2']));

    expect(taught(state, withMembers(['site-a-2', 'site-a-1', 'site-a-3'])).known.findings).toEqual([
      'site-a has several Infinispan servers: its URL has to lead to one and the same, or restarts are seen where there are none',
    ]);
  });

  it('is no finding of a site of one', () => {
    expect(taught(fenced(protecting()), withMembers(['site-a-1'])).known.findings).toEqual([]);
  });
});
