import type { LockManager } from '../ports';
import type { CredentialSource } from '../secret-ports';
import { createEtcdLocks } from './etcd';
import { createFileLocks } from './file';

/** Where locks are kept: one of the two. Certificates are references to files. */
export interface LockStore {
  etcd?: {
    endpoints: readonly string[];
    ca?: string;
    certificate?: string;
    key?: string;
    credentials?: { secret: string };
  };
  file?: { folder: string };
}

/** Opens no connection. @throws Error when a certificate's file cannot be read. */
export function openLocks(
  { etcd, file }: LockStore,
  options: { source: CredentialSource; readPem: (reference: string | undefined) => string | undefined },
): LockManager & { close(): Promise<void> } {
  if (file) return { ...createFileLocks({ folder: file.folder, now: Date.now }), close: async () => undefined };
  if (!etcd) throw new Error('No store of locks is named.');
  const { source, readPem } = options;
  const { endpoints, credentials } = etcd;
  const [cert, key] = [readPem(etcd.certificate), readPem(etcd.key)];
  return createEtcdLocks({
    endpoints,
    ca: readPem(etcd.ca),
    ...(cert !== undefined && key !== undefined && { certificate: { cert, key } }),
    ...(credentials && { credentials: { source, reference: credentials.secret } }),
  });
}
