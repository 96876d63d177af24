import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By which somebody logs in. */
export interface Credentials {
  username: string;
  password: string;
}

/** A user of one of the lab's servers; the password is random, made anew for every run. */
export interface LabUser extends Credentials {
  /** The same as JSON in a file, as `file:` references of sitewarden.yaml want it. */
  secretFile: string;
}

/** Makes a user and writes `<folder>/<fileName>.json`, readable by nobody else. */
export function makeUser(folder: string, fileName: string, username: string): LabUser {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const user = { username, password: randomBytes(18).toString('base64url') };
  const secretFile = join(folder, `${fileName}.json`);
  writeFileSync(secretFile, `${JSON.stringify(user)}\n`, { mode: 0o600 });
  return { ...user, secretFile };
}
