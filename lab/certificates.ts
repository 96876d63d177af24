import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const validDays = '30';

/** A certificate authority of the lab's own, and what it issued. */
export interface Certificates {
  /** PEM file of the CA's certificate. */
  caFile: string;
  /** PEM file with one server's key and certificate, for `localhost` and `127.0.0.1`; good for a client too. */
  serverFile: Record<string, string>;
}

/** Makes a CA and one server certificate per name, in `folder`. Needs openssl. */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (file: string) => join(folder, file);
  const ca = { key: at('ca.key'), certificate: at('ca.pem') };
  const selfSigned = ['req', '-x509', ...newKey, '-days', validDays, '-subj', '/CN=Sitewarden lab CA'];
  await run('openssl', [...selfSigned, '-keyout', ca.key, '-out', ca.certificate]);
  const serverFile: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const [key, request, certificate] = [at(`${name}.key`), at(`${name}.csr`), at(`${name}.crt`)];
    const extensions = at(`${name}.extensions`);
    writeFileSync(extensions, 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n');
    await run('openssl', ['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request]);
    const issue = ['x509', '-req', '-CA', ca.certificate, '-CAkey', ca.key, '-set_serial', String(index + 1)];
    await run('openssl', [...issue, '-days', validDays, '-in', request, '-extfile', extensions, '-out', certificate]);
    serverFile[name] = at(`${name}.pem`);
    writeFileSync(serverFile[name], `${readFileSync(key, 'utf8')}${readFileSync(certificate, 'utf8')}`, {
      mode: 0o600,
    });
  }
  return { caFile: ca.certificate, serverFile };
}
