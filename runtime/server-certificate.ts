import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, TLSSocket, type Server, type TlsOptions } from 'node:tls';
import type { Logger } from './logging';

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The server's certificate, followed by those of its issuers where there are any. */
  certificate: string;
  key: string;
  /** Whoever presents a certificate issued by it is a known client. */
  clientCa?: string;
}

/** What a TLS server needs, checked: the files were read, and the key belongs to the certificate. */
export interface ServerCertificate {
  options: TlsOptions;
  /** When the certificate ends, by its own words. */
  expiresAt: Date;
}

/**
 * Reads the files of a TLS server. A client's certificate is asked for where there is a `clientCa`, and refuses nobody
 * here: `presentsCertificate` says of a connection whether it has one.
 * @throws Error in one sentence that names the file, when one cannot be read or used. It holds nothing of the key.
 */
export async function readServerCertificate(files: CertificateFiles): Promise<ServerCertificate> {
  const [cert, key, ca] = await Promise.all([
    textOf(files.certificate),
    textOf(files.key),
    files.clientCa === undefined ? undefined : textOf(files.clientCa),
  ]);
  const { validTo } = certificateIn(files.certificate, cert);
  if (ca !== undefined) certificateIn(files.clientCa ?? '', ca);
  const material = { cert, key, ...(ca !== undefined && { ca }), minVersion: 'TLSv1.2' as const };
  try {
    createSecureContext(material);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const why = code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' ? 'they do not belong together' : code;
    throw new Error(`The certificate ${files.certificate} and the key ${files.key} cannot be used (${why}).`, {
      cause: error,
    });
  }
  const asks = ca === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  return { options: { ...material, ...asks }, expiresAt: new Date(validTo) };
}

const lookEveryMs = 10_000;

/**
 * Gives the server what the files hold whenever they change, without ending a connection. Files that cannot be used,
 * because they are half-written for one, change nothing: what was read before stays in force, and the log says so.
 * The files are read again, not watched: mounted secrets are swapped by links, which watchers miss.
 * @returns `look`, which does so at once; `stop` ends it.
 */
export function followCertificate(options: {
  server: Pick<Server, 'setSecureContext'>;
  files: CertificateFiles;
  inForce: ServerCertificate;
  logger: Logger;
  onChange?: (certificate: ServerCertificate) => void;
}): { look: () => Promise<void>; stop: () => void } {
  const { server, files, logger, onChange } = options;
  let inForce = textIn(options.inForce);
  let complaint = '';
  const look = async (): Promise<void> => {
    try {
      const read = await readServerCertificate(files);
      complaint = '';
      if (textIn(read) === inForce) return;
      server.setSecureContext(read.options);
      inForce = textIn(read);
      onChange?.(read);
      logger.info({ expiresAt: read.expiresAt }, 'The certificate files have changed; new connections use them.');
    } catch (error) {
      const { message } = error as Error;
      if (message !== complaint) logger.error({ reason: message }, 'The certificate read before stays in force.');
      complaint = message;
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return { look, stop: () => clearInterval(timer) };
}

/**
 * Whether the client has presented a certificate that the client CA issued. `authorized` alone does not say so: a TLS 1.3
 * session that is resumed reads as authorized also when no certificate was ever presented (Node's VerifyPeerCertificate).
 */
export function presentsCertificate(socket: unknown): boolean {
  return socket instanceof TLSSocket && socket.authorized && Object.keys(socket.getPeerCertificate()).length > 0;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, {
      cause: error,
    });
  }
}

function certificateIn(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new Error(`The file ${file} holds no PEM certificate.`, { cause: error });
  }
}

const textIn = ({ options: { cert, key, ca } }: ServerCertificate): string => JSON.stringify([cert, key, ca]);
