import type { Server } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Gauge } from 'prom-client';
import type { Logger } from '../../runtime/logging';
import { followCertificate, type CertificateFiles, type ServerCertificate } from '../../runtime/server-certificate';

/** Longer than a request can be in progress by itself; below the time that a shutdown may take. */
const closeWithinMs = 8_500;

/** Requests in progress are answered; a client that does not finish its own is not waited for beyond the bound. */
export async function closeServer(server: FastifyInstance): Promise<void> {
  const late = setTimeout(() => server.server.closeAllConnections(), closeWithinMs);
  await server.close();
  clearTimeout(late);
}

/** For `localhost` the framework opens a second server, on ::1, that knows of no bound and no new certificate. */
export function oneAddress(listen: { host: string; port: number }): { host: string; port: number } {
  return listen.host === 'localhost' ? { ...listen, host: '127.0.0.1' } : listen;
}

/** The paths in `file:` references. */
export function certificateFiles(tls: { certificate: string; key: string; clientCa?: string }): CertificateFiles {
  const path = (reference: string) => reference.slice('file:'.length);
  const { certificate, key, clientCa } = tls;
  return {
    certificate: path(certificate),
    key: path(key),
    clientCa: clientCa === undefined ? clientCa : path(clientCa),
  };
}

/** Takes what the files hold whenever they change, until the server is closed; `expiry` tells when it ends. */
export function followFiles(
  server: FastifyInstance,
  tls: { files: CertificateFiles; certificate: ServerCertificate; logger: Logger; expiry: Gauge },
): void {
  const { files, certificate, logger, expiry } = tls;
  const onChange = ({ expiresAt }: ServerCertificate) => expiry.set(expiresAt.getTime() / 1_000);
  onChange(certificate);
  // Made with TLS options, so it is a server of TLS, whatever the framework's type says.
  const inTls = server.server as unknown as Server;
  const { stop } = followCertificate({ server: inTls, files, inForce: certificate, logger, onChange });
  server.addHook('onClose', async () => stop());
}
