import type { Answered } from '../keycloak/oidc';
import type { WayName } from '../keycloak/ways';

/** What users and administrators do, in the order in which tables and drawings show it. */
export const operations = [
  'browserLogin',
  'passwordLogin',
  'wrongPassword',
  'refresh',
  'userinfo',
  'logout',
  'revoke',
  'adminWrite',
] as const;
export type Operation = (typeof operations)[number];

/** What an operation came to for the one who asked, from good to bad. */
export const outcomes = ['ok', 'slow', 'refused', 'wrongPasswordLie', 'silentlyLost'] as const;
export type Outcome = (typeof outcomes)[number];

export const operationLabels: Record<Operation, string> = {
  browserLogin: 'browser login',
  passwordLogin: 'password login',
  wrongPassword: 'wrong password',
  refresh: 'refresh',
  userinfo: 'userinfo',
  logout: 'logout',
  revoke: 'revoke',
  adminWrite: 'admin write',
};

export const outcomeLabels: Record<Outcome, string> = {
  ok: 'ok',
  slow: 'slow',
  refused: 'refused',
  wrongPasswordLie: 'right password called wrong',
  silentlyLost: 'answered as done, but lost',
};

/** How an operation ended, before it is judged. */
export type Ending = Answered | { kind: 'unanswered'; why: string };

/** What later reads show of a change that was answered as done: `unknown` where they themselves found no answer. */
export type ReadBack = 'effective' | 'lost' | 'unknown';

export interface Judged {
  outcome: Outcome;
  /** Of anything but `ok` and `slow`: `HTTP 500`, `ECONNRESET`, `gave up`, or what was lost. */
  why?: string;
}

/** One operation as its user saw it. */
export interface UserRecord extends Judged {
  operation: Operation;
  way: WayName;
  /** When it began, in milliseconds since 1970. */
  at: number;
  tookMs: number;
}

export interface Observed {
  operation: Operation;
  ending: Ending;
  tookMs: number;
  /** Only of operations that are read back. */
  readBack?: ReadBack;
  /** A success that takes longer is slow. */
  slowAfterMs: number;
}

const doneStatus: Record<Exclude<Operation, 'wrongPassword'>, number> = {
  browserLogin: 200,
  passwordLogin: 200,
  refresh: 200,
  userinfo: 200,
  logout: 204,
  revoke: 200,
  adminWrite: 204,
};

/** Keycloak's words to a wrong password: of the token endpoint, and of the login page. */
const wrongPasswordWords = /invalid user credentials|invalid username or password/i;

/** Judges an operation by what its user expects of it. */
export function outcomeOf({ operation, ending, tookMs, readBack, slowAfterMs }: Observed): Judged {
  if (ending.kind === 'unanswered') return { outcome: 'refused', why: ending.why };
  const inTime: Judged = { outcome: tookMs > slowAfterMs ? 'slow' : 'ok' };
  if (operation === 'wrongPassword') return judgedWrongPassword(ending, readBack) ?? inTime;
  if (callsPasswordWrong(ending)) return { outcome: 'wrongPasswordLie', why: httpStatus(ending) };
  if (ending.status !== doneStatus[operation] || ending.says !== undefined) return refused(ending);
  if (readBack === 'lost') return { outcome: 'silentlyLost', why: lostBy[operation] ?? 'not to be found' };
  return inTime;
}

const lostBy: Partial<Record<Operation, string>> = {
  revoke: 'the revoked token still works',
  adminWrite: 'a site still has the old value',
};

/** A wrong password has to be called wrong, and has to count towards the lock of brute force detection. */
function judgedWrongPassword(ending: Answered, readBack?: ReadBack): Judged | undefined {
  if (ending.status === 200) return { outcome: 'silentlyLost', why: 'a wrong password was accepted' };
  if (!callsPasswordWrong(ending)) return refused(ending);
  return readBack === 'lost' ? { outcome: 'silentlyLost', why: 'the failure was not counted' } : undefined;
}

function callsPasswordWrong({ says }: Answered): boolean {
  return wrongPasswordWords.test(says ?? '');
}

function refused(ending: Answered): Judged {
  return { outcome: 'refused', why: ending.says ? `${httpStatus(ending)} ${ending.says}` : httpStatus(ending) };
}

function httpStatus({ status }: Answered): string {
  return `HTTP ${status}`;
}
