import { summaryOf, type LoginRecord } from '../../../lab/client-summary';

const login = (second: number, rest: Partial<LoginRecord> = {}): LoginRecord => ({
  at: new Date(Date.UTC(2030, 0, 1, 0, 0, second)),
  tookMs: 20,
  outcome: 'ok',
  site: 'site-a',
  keepsConnection: false,
  ...rest,
});

describe('the summary of what clients felt', () => {
  it('reaches from the beginning of the first bad login to the end of the last one', () => {
    const summary = summaryOf([
      login(0),
      login(1, { outcome: 'slow', tookMs: 1_500 }),
      login(2),
      login(3, { outcome: 'refused', tookMs: 500, site: undefined, why: 'ECONNRESET' }),
      login(9),
    ]);

    expect(summary.felt).toEqual({ from: login(1).at, to: new Date(login(3).at.getTime() + 500), seconds: 2.5 });
  });

  it('counts outcomes, reasons and who served', () => {
    const summary = summaryOf([
      login(0),
      login(1, { site: 'site-b', outcome: 'slow', tookMs: 1_500 }),
      login(2, { outcome: 'refused', why: 'HTTP 503', site: 'site-b' }),
      login(3, { outcome: 'refused', why: 'HTTP 503', site: 'site-b' }),
    ]);

    expect(summary).toMatchObject({ logins: 4, ok: 1, slow: 1, refused: 2, longestMs: 1_500 });
    expect(summary.refusals).toEqual({ 'HTTP 503': 2 });
    expect(summary.servedBy).toEqual({ 'site-a': 1, 'site-b': 1 });
  });

  it('says nothing was felt when every login was well', () => {
    expect(summaryOf([login(0), login(1)]).felt).toBeUndefined();
    expect(summaryOf([]).felt).toBeUndefined();
  });
});
