import { z } from 'zod';
import {
  fileReference,
  flag,
  httpUrl,
  isLoopback,
  listen,
  mapping,
  pemFile,
  say,
  secretReference,
  text,
  wholeNumber,
} from './fields';

const tls = mapping(
  {
    /** With those of its issuers after it, where there are any. */
    certificate: pemFile('certificate', "the API's certificate"),
    key: pemFile('key', 'the key that belongs to the certificate'),
    /** Only clients with a certificate that it issued are heard; the token is required beside it. */
    clientCa: pemFile('clientCa', 'or leave it out').optional(),
  },
  'Write tls: { certificate: file:<path>, key: file:<path> }, or leave it out.',
);

/** As tokens are filed under in their secret. */
export const callerName = /^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}$/;

const names = (key: string, example: string) =>
  z
    .array(text(callerName, 'this is no name', 'Use letters, digits and . _ @ + -, at most 64.'), {
      error: say('this must be a list of names', `Write ${key}: [${example}], or leave it out.`),
    })
    .default([]);

const grant = mapping(
  {
    role: z.enum(['viewer', 'operator', 'approver'], {
      error: say('this is no role', 'Write viewer (reads), operator (also asks and acts) or approver (also answers).'),
    }),
    /** All of them where it is left out. */
    pairs: z
      .array(z.string(), { error: say('this must be a list of pairs', 'Write pairs: [keycloak-prod].') })
      .min(1, { error: say('the list is empty', 'Name at least one pair, or leave pairs out: then it holds for all.') })
      .optional(),
    groups: names('groups', 'sre'),
    names: names('names', 'alice'),
  },
  'Write a right as { role: operator, groups: [sre] }.',
).superRefine(({ groups, names: named }, context) => {
  if (groups.length + named.length > 0) return;
  const message = say('this gives a right to nobody', 'Name groups or names of callers.');
  context.addIssue({ code: 'custom', message });
});

/** The HTTP API's own process. */
export const api = mapping(
  {
    listen: listen('127.0.0.1:8081').default('127.0.0.1:8081'),
    tls: tls.optional(),
    /** Says that tokens may cross a network in clear text. */
    allowPlaintext: flag('Leave it out, unless a TLS proxy stands before the API.').default(false),
    /** JSON: for each caller's name its token, or the SHA-256 of it, and the groups that the caller is in. */
    tokens: secretReference('Write tokens: { secret: <reference> }'),
    access: z
      .array(grant, {
        error: say('this must be a list of rights', 'Write access: [{ role: operator, groups: [sre] }].'),
      })
      .min(1, { error: say('the list is empty, so nobody may do anything', 'Give at least one right.') }),
    rateLimit: mapping(
      {
        perMinute: wholeNumber(
          { min: 1, max: 100_000 },
          'Write requests of one caller in a minute, as in 300.',
        ).default(300),
      },
      'Write rateLimit: { perMinute: 300 }, or leave it out.',
    ).prefault({}),
  },
  'Write api: { tokens: { secret: file:<path> }, access: [{ role: operator, groups: [sre] }] }.',
).superRefine(({ listen: address, tls: secured, allowPlaintext }, context) => {
  if (isLoopback(address) || secured || allowPlaintext) return;
  const message = say(
    'this takes tokens in clear text from a network',
    'Add tls: { certificate, key }, or set allowPlaintext: true where a TLS proxy stands before it.',
  );
  context.addIssue({ code: 'custom', message, path: ['listen'] });
});

/** Where the command line finds the API. */
export const apiClient = mapping(
  {
    url: httpUrl('Write the URL of the API without /v1, as in https://sitewarden.example:8081.'),
    ca: fileReference('Write ca: file:/etc/sitewarden/api-ca.pem (PEM), or leave it out.').optional(),
    /** The caller's own token, alone. */
    token: secretReference('Write token: { secret: <reference> }'),
    allowPlaintext: flag('Leave it out, unless the way to the API is safe.').default(false),
  },
  'Write apiClient: { url: https://<host>:8081, token: { secret: file:<path> } }, or leave it out.',
).superRefine(({ url, ca, allowPlaintext }, context) => {
  if (!URL.canParse(url)) return;
  const { protocol, host, pathname } = new URL(url);
  if (/\/v1\/?$/.test(pathname)) {
    const message = say('commands add /v1 by themselves', 'Leave /v1 out, as in https://sitewarden.example:8081.');
    context.addIssue({ code: 'custom', message, path: ['url'] });
  }
  if (protocol === 'https:') return;
  if (ca !== undefined) {
    const message = say('a CA has no use for a URL that is not https', 'Use https, or leave the ca out.');
    context.addIssue({ code: 'custom', message, path: ['ca'] });
  }
  if (isLoopback(host) || allowPlaintext) return;
  const message = say('this sends your token in clear text', 'Use https, or set allowPlaintext: true.');
  context.addIssue({ code: 'custom', message, path: ['url'] });
});
