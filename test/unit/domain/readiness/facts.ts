import type { ReadinessFacts } from '../../../../domain/readiness/facts';
import { observed, read, type Seen } from '../../../support/observations';
import type { Observation } from '../../../../domain/observation';
import { surroundings } from '../../../support/surroundings';

const right = {
  transactionMode: 'NON_DURABLE_XA',
  backup: { strategy: 'SYNC', failurePolicy: 'FAIL' },
} as const;

/** What is read of the pair of test/support/observations while everything is as it should be, in `readyPair`'s settings. */
export function facts(seen: Seen = {}, change: Partial<ReadinessFacts> = {}): ReadinessFacts {
  const site = {
    caches: read({ sessions: right, work: right }),
    server: read({ version: '26.7.3', issuer: 'https://login.example/realms/master' }),
  };
  return {
    observation: observed(seen),
    sites: { 'site-a': site, 'site-b': site },
    siteTags: { 'site-a': { site: 'site-a' }, 'site-b': { site: 'site-b' } },
    devices: {},
    surroundings: surroundings(),
    ...change,
  };
}

/** The same facts with another observation. */
export function observing(change: Partial<Observation>, seen: Seen = {}): ReadinessFacts {
  return facts(seen, { observation: { ...observed(seen), ...change } });
}
