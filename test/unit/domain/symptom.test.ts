import { symptomOf } from '../../../domain/symptom';
import { fine, observed, pair, type Seen } from '../../support/observations';

const blind = { ...fine, sees: false };
const silent = { endpoint: fine.endpoint };
const detached = { ...fine, backups: { sessions: 'offline', work: 'online' } } as const;
const { backup: _, ...unread } = fine;

describe('symptom', () => {
  it.each<[string, Seen, string, string | undefined]>([
    ['both views are whole, and both replicate', {}, 'none', undefined],
    ['neither site sees the other', { a: blind, b: blind }, 'partition', 'site-a and site-b'],
    ['only site-a does not see site-b', { a: blind }, 'partition', 'site-b'],
    ['only site-b does not see site-a', { b: blind }, 'partition', 'site-a'],
    ['site-b is silent, and site-a does not see it', { a: blind, b: silent }, 'partition', 'site-b'],
    ['site-b is silent, and site-a sees it', { b: silent }, 'unknown', undefined],
    ['neither answers', { a: silent, b: silent }, 'unknown', undefined],
    ['site-a replicates one cache no more', { a: detached }, 'diverging', 'site-b'],
    [
      'the same, but site-b is out of traffic: it is fenced',
      { a: detached, b: { ...fine, endpoint: undefined } },
      'none',
      undefined,
    ],
    [
      'site-a replicates one cache no more, and traffic cannot be read',
      { a: detached, trafficUnread: true },
      'diverging',
      'site-b',
    ],
    ['neither replicates one cache', { a: detached, b: detached }, 'diverging', 'site-a and site-b'],
    ['the backups of site-b cannot be read', { b: unread }, 'unknown', undefined],
    ['the same, and site-a does not replicate', { a: detached, b: unread }, 'diverging', 'site-b'],
  ])('%s', (_, seen, kind, missing) => {
    const symptom = symptomOf(pair, observed(seen));

    expect(symptom).toMatchObject(missing === undefined ? { kind } : { kind, missing });
  });

  it('says what was seen', () => {
    expect(symptomOf(pair, observed({ a: blind }))).toMatchObject({ because: 'site-a does not see site-b' });
    expect(symptomOf(pair, observed({ a: detached }))).toMatchObject({
      because: 'site-a does not replicate sessions to site-b',
    });
  });
});
