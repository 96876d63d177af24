import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who calls the API of the lab, and what each may: alice and bob also decide, oscar asks and acts, vera reads. */
export const labCallers = { alice: 'approver', bob: 'approver', oscar: 'operator', vera: 'viewer' } as const;
export type LabCaller = keyof typeof labCallers;

export const callerNames = Object.keys(labCallers) as LabCaller[];

/** Callers' tokens, random and made anew for every run. */
export interface ApiCallers {
  tokens: Record<LabCaller, string>;
  /** Each holds one caller's token, readable by nobody else. */
  tokenFiles: Record<LabCaller, string>;
  /** What the API reads: for each name its token and groups. */
  secretText: string;
}

export function makeApiCallers(folder: string): ApiCallers {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const each = <T>(make: (name: LabCaller) => T) =>
    Object.fromEntries(callerNames.map((name) => [name, make(name)])) as Record<LabCaller, T>;
  const tokens = each(() => randomBytes(30).toString('base64url'));
  const tokenFiles = each((name) => {
    const file = join(folder, `api-token-${name}`);
    writeFileSync(file, `${tokens[name]}\n`, { mode: 0o600 });
    return file;
  });
  const secretText = JSON.stringify(each((name) => ({ token: tokens[name], groups: ['sre'] })));
  return { tokens, tokenFiles, secretText };
}
