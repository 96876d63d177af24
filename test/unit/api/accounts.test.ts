import { createHash } from 'node:crypto';
import { callerIn, parseAccounts } from '../../../client/api/accounts';
import { OperatingFailure } from '../../../domain/failure-types';

const token = 'a-canary-0123456789abcdef';
const other = 'another-canary-0123456789';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Why a secret is refused. */
function refusalOf(text: string): Error {
  try {
    parseAccounts(text);
  } catch (error) {
    return error as Error;
  }
  return new Error('it was not refused');
}

const bearer = (text: string): string => `Bearer ${text}`;

describe('the callers in the secret', () => {
  it('are known by their tokens, or by digests of them', () => {
    const all = parseAccounts(
      JSON.stringify({ alice: { token, groups: ['sre'] }, bob: { sha256: sha256(other).toUpperCase() } }),
    );

    expect(callerIn(bearer(token), all)).toEqual({ name: 'alice', groups: ['sre'] });
    expect(callerIn(`bearer  ${other} `, all)).toEqual({ name: 'bob', groups: [] });
  });

  it('may have two tokens while one is replaced by the next', () => {
    const all = parseAccounts(JSON.stringify({ alice: { token: [token, other] } }));

    expect([token, other].map((one) => callerIn(bearer(one), all)?.name)).toEqual(['alice', 'alice']);
  });

  it.each([undefined, '', token, `Basic ${token}`, 'Bearer', 'Bearer ', bearer(`${token}x`), bearer(sha256(token))])(
    'are not known by %p',
    (header) => {
      expect(callerIn(header, parseAccounts(JSON.stringify({ alice: { token } })))).toBeUndefined();
    },
  );

  it('keep no token', () => {
    expect(JSON.stringify(parseAccounts(JSON.stringify({ alice: { token } })))).not.toContain(token);
  });

  it.each<[string, string, string]>([
    ['no JSON', `{"alice": {"token": "${token}"`, 'it is no JSON'],
    ['no caller', '{}', 'it is no object, is empty'],
    ['a short token', '{"alice": {"token": "short-canary"}}', '"token" of alice'],
    ['a token with a blank', `{"alice": {"token": "${token} x"}}`, '"token" of alice'],
    ['both forms', `{"alice": {"token": "${token}", "sha256": "${sha256(token)}"}}`, 'alice is not as expected'],
    ['neither form', '{"alice": {"groups": []}}', 'alice is not as expected'],
    ['a digest that is none', '{"alice": {"sha256": "canary"}}', '"sha256" of alice'],
    ['an unknown key', `{"alice": {"token": "${token}", "role": "root"}}`, 'alice is not as expected'],
    ['a name that is none', `{"al ice/${token}": {"token": "${token}"}}`, 'one whose name is none'],
    ['two callers with one token', `{"alice": {"token": "${token}"}, "bob": {"token": "${token}"}}`, 'same token'],
  ])('are refused as a whole with %s, in a sentence without a secret', (_what, text, says) => {
    const refusal = refusalOf(text);

    expect(refusal).toBeInstanceOf(OperatingFailure);
    expect(refusal.message).toContain(says);
    expect(refusal.message).not.toContain('canary');
  });
});
