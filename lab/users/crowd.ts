import type { WayName } from '../keycloak/ways';

/** What one worker, who is one user, does all day. */
export const roles = ['passwordLogin', 'browserLogin', 'wrongPassword', 'session', 'revoke', 'adminWrite'] as const;
export type Role = (typeof roles)[number];

export interface Shift {
  role: Role;
  way: WayName;
  /** From the beginning of one turn to that of the next, at least; a turn that takes longer delays the next one. */
  everyMs: number;
  /** Spreads the turns of those who do the same. */
  startsAfterMs: number;
}

interface Share {
  workers: number;
  everyMs: number;
}

/** Hashing a password costs 80-100 ms of a core: about three a second, right and wrong ones together. */
const throughTheAccelerator: Record<Role, Share> = {
  passwordLogin: { workers: 3, everyMs: 2_000 },
  browserLogin: { workers: 4, everyMs: 4_000 },
  wrongPassword: { workers: 1, everyMs: 3_000 },
  session: { workers: 2, everyMs: 500 },
  revoke: { workers: 1, everyMs: 2_000 },
  adminWrite: { workers: 1, everyMs: 3_000 },
};

/** One user of each kind, to see what that one site answers: about one a second. */
const directly: Record<Role, Share> = {
  passwordLogin: { workers: 1, everyMs: 3_000 },
  browserLogin: { workers: 1, everyMs: 4_000 },
  wrongPassword: { workers: 1, everyMs: 5_000 },
  session: { workers: 1, everyMs: 1_000 },
  revoke: { workers: 1, everyMs: 3_000 },
  adminWrite: { workers: 1, everyMs: 4_000 },
};

/** Who does what: one shift per worker. */
export function crowdFor(ways: readonly WayName[]): readonly Shift[] {
  return ways.flatMap((way) => {
    const shares = way === 'accelerator' ? throughTheAccelerator : directly;
    return roles.flatMap((role) => {
      const { workers, everyMs } = shares[role];
      return Array.from({ length: workers }, (_, index) => {
        return { role, way, everyMs, startsAfterMs: (everyMs * index) / workers };
      });
    });
  });
}

/** Whoever mistypes tries again. */
const hashesPerTurn: Partial<Record<Role, number>> = { passwordLogin: 1, browserLogin: 1, wrongPassword: 2 };

/** Password hashes per second that the crowd asks for at most. */
export function hashesPerSecond(crowd: readonly Shift[]): number {
  return crowd.reduce((sum, { role, everyMs }) => sum + ((hashesPerTurn[role] ?? 0) * 1_000) / everyMs, 0);
}
