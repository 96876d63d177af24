import { operations, outcomeOf, type Ending, type Observed } from '../../../../lab/users/outcome';

const answered = (status: number, says?: string): Ending => ({ kind: 'answered', status, says });
const judge = (observed: Partial<Observed> & Pick<Observed, 'operation' | 'ending'>) =>
  outcomeOf({ tookMs: 100, slowAfterMs: 2_000, ...observed });

describe('the outcome of an operation', () => {
  it.each([
    ['browserLogin', 200],
    ['passwordLogin', 200],
    ['refresh', 200],
    ['userinfo', 200],
    ['logout', 204],
    ['revoke', 200],
    ['adminWrite', 204],
  ] as const)('%s: is ok when it answers %d, and refused when it answers 500', (operation, status) => {
    expect(judge({ operation, ending: answered(status) })).toEqual({ outcome: 'ok' });
    expect(judge({ operation, ending: answered(500) })).toEqual({ outcome: 'refused', why: 'HTTP 500' });
  });

  it.each(operations)('%s: is refused when no answer came, with what the user saw', (operation) => {
    expect(judge({ operation, ending: { kind: 'unanswered', why: 'ECONNRESET' } })).toEqual({
      outcome: 'refused',
      why: 'ECONNRESET',
    });
  });

  it('is slow when a success took longer than the limit, and not when it took exactly that', () => {
    expect(judge({ operation: 'userinfo', ending: answered(200), tookMs: 2_001 }).outcome).toBe('slow');
    expect(judge({ operation: 'userinfo', ending: answered(200), tookMs: 2_000 }).outcome).toBe('ok');
    expect(judge({ operation: 'userinfo', ending: answered(500), tookMs: 9_000 }).outcome).toBe('refused');
  });

  it('is a lie when the right password is called wrong, by the token endpoint and by the login page', () => {
    const token = answered(400, 'Invalid user credentials');
    const page = answered(200, 'Invalid username or password.');

    expect(judge({ operation: 'passwordLogin', ending: token }).outcome).toBe('wrongPasswordLie');
    expect(judge({ operation: 'browserLogin', ending: page }).outcome).toBe('wrongPasswordLie');
  });

  it('is refused when a page answers 200 and says something else, or when it goes in circles', () => {
    const expired = judge({ operation: 'browserLogin', ending: answered(200, 'Page has expired') });
    const circle = judge({ operation: 'browserLogin', ending: answered(302, 'too many redirects') });

    expect(expired).toEqual({ outcome: 'refused', why: 'HTTP 200 Page has expired' });
    expect(circle).toEqual({ outcome: 'refused', why: 'HTTP 302 too many redirects' });
  });

  it('is silently lost when a change was answered as done and a later read does not show it', () => {
    const revoke = judge({ operation: 'revoke', ending: answered(200), readBack: 'lost' });
    const write = judge({ operation: 'adminWrite', ending: answered(204), readBack: 'lost' });

    expect(revoke).toEqual({ outcome: 'silentlyLost', why: 'the revoked token still works' });
    expect(write).toEqual({ outcome: 'silentlyLost', why: 'a site still has the old value' });
  });

  it('calls nothing lost that later reads could not tell, nor what was refused loudly', () => {
    expect(judge({ operation: 'revoke', ending: answered(200), readBack: 'unknown' }).outcome).toBe('ok');
    expect(judge({ operation: 'adminWrite', ending: answered(500), readBack: 'lost' }).outcome).toBe('refused');
  });

  describe('of a wrong password', () => {
    const calledWrong = answered(400, 'Invalid user credentials');

    it('is ok when it is called wrong and counted', () => {
      expect(judge({ operation: 'wrongPassword', ending: calledWrong, readBack: 'effective' }).outcome).toBe('ok');
    });

    it('is silently lost when it is called wrong and not counted: brute force detection is blind', () => {
      expect(judge({ operation: 'wrongPassword', ending: calledWrong, readBack: 'lost' })).toEqual({
        outcome: 'silentlyLost',
        why: 'the failure was not counted',
      });
    });

    it('is silently lost when it is accepted', () => {
      expect(judge({ operation: 'wrongPassword', ending: answered(200) }).outcome).toBe('silentlyLost');
    });

    it('is refused when Keycloak did not judge it', () => {
      expect(judge({ operation: 'wrongPassword', ending: answered(503) }).outcome).toBe('refused');
      expect(judge({ operation: 'wrongPassword', ending: answered(400, 'Client not found') }).outcome).toBe('refused');
    });
  });
});
