import { z } from 'zod';
import { fileReference, flag, httpUrl, mapping, pemFile, say, secretReference, text, wholeNumber } from './fields';

const etcd = mapping(
  {
    /** Client URLs of the members; they are asked one after the other until one answers. */
    endpoints: z
      .array(httpUrl('Write the client URL of a member, as in https://etcd-1.example:2379.'), {
        error: say('this must be a list of URLs', 'Write endpoints: [https://etcd-1.example:2379].'),
      })
      .min(1, { error: say('the list is empty', 'Name at least one member of the etcd cluster.') }),
    ca: fileReference('Write ca: file:/etc/sitewarden/etcd-ca.pem (PEM), or leave it out.').optional(),
    /** Our own, where the servers ask for one. */
    certificate: pemFile('certificate', 'that etcd asks of its clients, or leave it out').optional(),
    key: pemFile('key', 'the key that belongs to the certificate').optional(),
    /** JSON with username and password, where authentication is enabled. */
    credentials: secretReference('Write credentials: { secret: <reference> }').optional(),
    /** For a lab: the URLs may be http, and what is sent is in clear text. */
    allowPlaintext: flag('Leave it out, except in a lab.').default(false),
  },
  'Write etcd: { endpoints: [https://etcd-1.example:2379] }.',
);

const file = mapping(
  {
    /** Relative to the folder of the configuration; shared by all who want the locks. */
    folder: text(/^(?!file:)[^\0]+$/, 'this is no folder', 'Write the folder, as in /mnt/shared/sitewarden-locks.'),
  },
  'Write file: { folder: /mnt/shared/sitewarden-locks }.',
);

/** Where locks are kept. One of the two; both is a fault of lock-checks.ts. */
export const lock = mapping(
  { etcd: etcd.optional(), file: file.optional() },
  'Write lock: { etcd: { endpoints: [<URL>] } } or, in a lab, lock: { file: { folder: <folder> } }.',
);

/** Around what a run changes. */
export const outerLock = mapping(
  {
    leaseSeconds: wholeNumber(
      { min: 10, max: 3600 },
      'Write for how long the lock stays taken after the last command, as in 60.',
    ).default(60),
    /** Without it a fence goes on where the store of locks cannot be asked; what brings a site back always waits. */
    fenceWaits: flag('Leave it out, unless a site is rather not fenced than fenced without the lock.').default(false),
  },
  'Write outerLock: {} or outerLock: { leaseSeconds: 60 }, or leave it out.',
);

/** Of a sentinel, for an application that runs in one site at a time. */
export const sentinelLock = mapping(
  {
    leaseSeconds: wholeNumber({ min: 10, max: 3600 }, 'Write how long a lease lasts, as in 30.').default(30),
    /** The application's stop has to be over within it. */
    stopSeconds: wholeNumber({ min: 1, max: 600 }, 'Write how long the stop command may take, as in 10.').default(10),
  },
  'Write lock: { leaseSeconds: 30, stopSeconds: 10 }, or leave it out.',
);

export type LockConfig = z.output<typeof lock>;
export type OuterLockConfig = z.output<typeof outerLock>;
