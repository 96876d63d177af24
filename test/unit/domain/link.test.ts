import { linkOf, sees } from '../../../domain/link';
import { fine, observed, pair } from '../../support/observations';

describe('link', () => {
  it.each([
    ['both sites see each other', true, true, 'whole'],
    ['neither sees the other', false, false, 'notWhole'],
    ['only site-a sees site-b', true, false, 'notWhole'],
    ['only site-b sees site-a', false, true, 'notWhole'],
    ['site-a lacks site-b, site-b does not answer', false, undefined, 'notWhole'],
    ['site-a sees site-b, site-b does not answer', true, undefined, 'unknown'],
    ['no site answers', undefined, undefined, 'unknown'],
  ])('%s', (_case, seesA, seesB, expected) => {
    const observation = observed({ a: { ...fine, sees: seesA }, b: { ...fine, sees: seesB } });

    expect(linkOf(pair, observation)).toBe(expected);
  });

  it('is unknown for a site that was not observed', () => {
    const observation = { ...observed(), sites: {} };

    expect(sees(pair, observation, 'site-a')).toBeUndefined();
    expect(linkOf(pair, observation)).toBe('unknown');
  });
});
