import { ApiProblem } from './problems';

/** A UUID, for one. Between quotes too, as RFC 9651 writes a string. */
const form = /^"?([A-Za-z0-9_.:-]{8,128})"?$/;

/**
 * What a write of this caller is remembered by. The caller's name is in it: the same key of two callers is two writes.
 * @throws ApiProblem when there is no usable key.
 */
export function keyOf(header: string | string[] | undefined, caller: string): string {
  const [, key] = form.exec(typeof header === 'string' ? header.trim() : '') ?? [];
  if (key !== undefined) return `api/${caller}/${key}`;
  throw new ApiProblem(
    'IdempotencyKeyMissing',
    'A write needs the header Idempotency-Key: 8 to 128 letters, digits and . _ : -',
    'Send a new one for each new write, as a UUID, and the same one when you send the same again.',
  );
}
