import { clockFindings } from '../../../../domain/readiness/clocks';
import type { Surroundings } from '../../../../domain/readiness/surroundings';
import { pair, read, unread } from '../../../support/observations';
import { aClock, surroundings } from '../../../support/surroundings';

const findings = (clocks: Surroundings['clocks']) =>
  clockFindings(pair, { surroundings: surroundings({ clocks }) }).map(({ what }) => what);

describe('clocks', () => {
  it('that agree are nothing to tell of, nor is a server that tells no time', () => {
    expect(findings({ Temporal: read(aClock()), AWS: read(aClock(400)), 'site-a': unread('NotObserved') })).toEqual([]);
  });

  it('that differ by more than their rules bear: by how much, which way, and what comes of it', () => {
    const clocks = { Temporal: read(aClock(-20_000)), AWS: read(aClock(120_000)), 'site-b': read(aClock(9_000)) };

    expect(clockFindings(pair, { surroundings: surroundings({ clocks }) })).toEqual([
      {
        what: "the worker's clock is 19 s ahead of that of Temporal, or this look waited as long for its worker",
        consequence: expect.stringContaining('approvals expire') as string,
        fix: "synchronize the clocks (NTP, chrony): the worker's host first",
      },
      {
        what: "the worker's clock is 1 min behind that of AWS",
        consequence: expect.stringContaining('AWS refuses a signed request') as string,
        fix: "synchronize the clocks (NTP, chrony): the worker's host first",
      },
      {
        what: "the worker's clock is 8.5 s behind that of site-b",
        consequence: expect.stringContaining('lifespan') as string,
        fix: "synchronize the clocks (NTP, chrony): the worker's host first, then site-b",
      },
    ]);
  });

  it('are not blamed for the time that an answer takes, nor for its precision', () => {
    const slow = { ...aClock(), askedAt: aClock().theirs, answeredAt: aClock().theirs + 60_000 };

    expect(findings({ Temporal: read(slow), 'site-a': read({ ...aClock(-5_000), resolutionMs: 1_000 }) })).toEqual([]);
  });

  it('that could not be read are a finding', () => {
    expect(findings({ AWS: unread('TrafficDenied') })).toEqual(['the clock of AWS could not be read (TrafficDenied)']);
    expect(findings({ AWS: unread('NotObserved') })).toEqual(['the clock of AWS could not be read (NotObserved)']);
    expect(findings({ 'site-a': unread('HealthUnreachable') })).toEqual([
      'the clock of site-a could not be read (HealthUnreachable)',
    ]);
  });
});
