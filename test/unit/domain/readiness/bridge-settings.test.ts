import { bridgeFindings } from '../../../../domain/readiness/bridge-settings';
import { fine, observed, pair, read, unread } from '../../../support/observations';
import { surroundings } from '../../../support/surroundings';

const right = read({ stack: 'bridge', keepsUndeliveredMs: 10_000 });
const findings = (bridges: Parameters<typeof bridgeFindings>[1]['surroundings']['bridges'], observation = observed()) =>
  bridgeFindings(pair, { observation, surroundings: surroundings({ bridges }) });

describe('the bridge between the sites', () => {
  it('is none to tell of where it drops soon what it could not deliver', () => {
    expect(findings({ 'site-a': right, 'site-b': right })).toEqual([]);
  });

  it('that keeps refused writes for minutes: for how long, what comes of it, and the setting', () => {
    expect(findings({ 'site-a': right, 'site-b': read({ stack: 'tunnel', keepsUndeliveredMs: 240_000 }) })).toEqual([
      {
        what: 'site-b: the bridge to the other site (stack tunnel) keeps what it could not deliver for 4 min',
        consequence: expect.stringContaining(
          'a write that was refused in a split arrives at the other site after the heal',
        ) as string,
        fix: 'write <UNICAST3 conn_close_timeout="1000"/> into the stack tunnel at site-b',
      },
    ]);
  });

  it('that could not be read is a finding which says where to look, but for a site that cannot be read at all', () => {
    expect(findings({ 'site-a': unread('InfinispanAnswerUnreadable') })).toMatchObject([
      {
        what: 'the bridge of site-a could not be read (InfinispanAnswerUnreadable)',
        fix: expect.stringContaining('conn_close_timeout'),
      },
      { what: 'the bridge of site-b could not be read (NotObserved)' },
    ]);
    expect(findings({ 'site-b': right }, observed({ a: { ...fine, sees: undefined } }))).toEqual([]);
  });
});
