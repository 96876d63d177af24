import { digest, equal } from '../http/constant-time';

/** What a caller must present, as digests: the secrets themselves are not kept. */
export type Accepted = { scheme: 'basic'; username: Buffer; password: Buffer } | { scheme: 'bearer'; token: Buffer };

export function acceptBasic(username: string, password: string): Accepted {
  return { scheme: 'basic', username: digest(username), password: digest(password) };
}

export function acceptBearer(token: string): Accepted {
  return { scheme: 'bearer', token: digest(token) };
}

/**
 * Whether the Authorization header carries one of the accepted credentials: of basic credentials both halves, always.
 * Every half of every accepted credential is compared, in constant time over SHA-256 digests,
 * so that the time taken tells neither which half was right nor how much of it.
 */
export function isAuthorized(header: string | undefined, accepted: readonly Accepted[]): boolean {
  const presented = presentedBy(header ?? '');
  let matches = 0;
  for (const credential of accepted) {
    const [left, right] =
      credential.scheme === 'basic'
        ? [equal(presented.username, credential.username), equal(presented.password, credential.password)]
        : [equal(presented.token, credential.token), 1];
    matches |= left & right & Number(presented.scheme === credential.scheme);
  }
  return matches === 1;
}

interface Presented {
  scheme: 'basic' | 'bearer' | 'none';
  username: Buffer;
  password: Buffer;
  token: Buffer;
}

function presentedBy(header: string): Presented {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(header.trim()) ?? [];
  const kind = scheme.toLowerCase();
  const decoded = kind === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : '';
  const colon = decoded.indexOf(':');
  return {
    scheme: kind === 'basic' && colon >= 0 ? 'basic' : kind === 'bearer' ? 'bearer' : 'none',
    username: digest(decoded.slice(0, Math.max(colon, 0))),
    password: digest(decoded.slice(colon + 1)),
    token: digest(kind === 'bearer' ? value : ''),
  };
}

/** The realm header of a 401: one challenge for each scheme that is in use (RFC 9110, 11.6.1). */
export function challenge(schemes: readonly Accepted['scheme'][]): string {
  const challenges = { basic: 'Basic realm="sitewarden", charset="UTF-8"', bearer: 'Bearer realm="sitewarden"' };
  return [...new Set(schemes)].map((scheme) => challenges[scheme]).join(', ');
}
