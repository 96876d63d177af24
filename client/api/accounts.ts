import { z } from 'zod';
import { callerName } from '../../config';
import { OperatingFailure } from '../../domain/failure-types';
import { digest, equal } from '../http/constant-time';
import type { Caller } from './access';

/** A caller and the SHA-256 of what it presents: tokens themselves are not kept. */
export interface Account extends Caller {
  token: Buffer;
}

/** Shorter ones can be guessed. */
const shortestToken = 20;

const oneOrMore = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1)]);
const named = z.string().regex(callerName);

/** One or more tokens, or SHA-256 digests of tokens, of one caller: more while one is replaced by the next. */
const account = z
  .strictObject({
    token: oneOrMore(z.string().min(shortestToken).regex(/^\S+$/)).optional(),
    sha256: oneOrMore(z.string().regex(/^[0-9a-fA-F]{64}$/)).optional(),
    groups: z.array(named).default([]),
  })
  .refine(({ token, sha256 }) => (token === undefined) !== (sha256 === undefined));

const accounts = z.record(named, account).refine((all) => Object.keys(all).length > 0);

/**
 * The callers in the secret: JSON, by name `{ token | sha256, groups }`.
 * @throws OperatingFailure `SecretMalformed`, in a sentence that names the caller and holds nothing of a token.
 */
export function parseAccounts(text: string): Account[] {
  const parsed = accounts.safeParse(json(text));
  if (!parsed.success) throw malformed(placeOf(parsed.error));
  const all = Object.entries(parsed.data).flatMap(([name, { token, sha256, groups }]) => {
    const digests = [...listed(token).map(digest), ...listed(sha256).map((hex) => Buffer.from(hex, 'hex'))];
    return digests.map((one) => ({ name, groups, token: one }));
  });
  const shared = all.find(({ token, name }) =>
    all.some((other) => other.name !== name && equal(other.token, token) === 1),
  );
  if (shared) throw malformed(`two callers have the same token (${shared.name})`);
  return all;
}

/**
 * Who presents this Authorization header. Every account is compared, in constant time over SHA-256 digests, so that the
 * time taken tells neither whose token was nearly right nor how much of it.
 */
export function callerIn(header: string | undefined, all: readonly Account[]): Caller | undefined {
  const [, token = ''] = /^bearer +(\S+)$/i.exec((header ?? '').trim()) ?? [];
  const presented = digest(token);
  let found: Caller | undefined;
  for (const { name, groups, token: accepted } of all) {
    if (equal(presented, accepted) === 1) found = { name, groups };
  }
  return found;
}

const listed = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What JSON.parse says quotes the text.
    throw malformed('it is no JSON');
  }
}

function placeOf(error: z.ZodError): string {
  const [name, ...rest] = (error.issues[0]?.path ?? []).map(String);
  if (name === undefined) return 'it is no object, is empty, or has a name that is none';
  const what = rest.length > 0 ? `"${rest[0]}" of ` : '';
  const shown = callerName.test(name) ? name : 'one whose name is none';
  return `${what}${shown} is not as expected`;
}

function malformed(why: string): OperatingFailure {
  const form = '{"alice": {"token": "<20 characters or more>", "groups": ["sre"]}}, or "sha256" in place of "token"';
  return new OperatingFailure(
    'SecretMalformed',
    `The secret with the API's tokens cannot be used: ${why}. It is ${form}.`,
    {
      retryable: false,
    },
  );
}
