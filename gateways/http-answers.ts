/** What every gateway over HTTP knows of answers that do not come, or come without end. */

/** Node's names for certificates that the configured CA does not vouch for (Node documentation, "X509 certificate error codes"). */
const certificateErrors =
  /^(CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA|PATH_LENGTH_EXCEEDED|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/** Why no answer arrived. `code` is Node's or undici's. */
export interface ConnectionFault {
  kind: 'untrusted' | 'notHttp' | 'late' | 'refused' | 'broken';
  code: string;
}

export function connectionFault(error: unknown): ConnectionFault {
  const { name = 'Error', code: itsCode } = (error ?? {}) as { name?: string; code?: unknown };
  // A DOMException, as an ended signal has for a reason, has a number for a code.
  const code = typeof itsCode === 'string' ? itsCode : name;
  if (certificateErrors.test(code)) return { kind: 'untrusted', code };
  if (code.startsWith('HPE_')) return { kind: 'notHttp', code };
  if (/TIMEOUT|ETIMEDOUT|ABORT/i.test(`${name} ${code}`)) return { kind: 'late', code };
  return { kind: isRefused(error) ? 'refused' : 'broken', code };
}

/** Of a name with several addresses each must refuse: the error's own code is that of the first one alone. */
function isRefused(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isRefused);
  return (error as { code?: unknown } | undefined)?.code === 'ECONNREFUSED';
}

/** The body as text; `undefined` as soon as it is longer than `bytes`. */
export async function boundedText(body: AsyncIterable<Buffer>, bytes: number): Promise<string | undefined> {
  return (await boundedBytes(body, bytes))?.toString('utf8');
}

export async function boundedBytes(body: AsyncIterable<Buffer>, bytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
