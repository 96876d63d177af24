import type { ApiConfig } from '../../config';
import type { DecisionKind } from '../../domain/heard';

/** Who calls, as the token proved. */
export interface Caller {
  name: string;
  groups: readonly string[];
}

export type Role = ApiConfig['access'][number]['role'];

/** What is done: `ask` for a goal, `answer` a gate, `brake` (hold, release), `unblock` (retry, confirm, abort). */
export type Doing = 'read' | 'ask' | 'answer' | 'brake' | 'unblock';

const mayBeDoneBy: Readonly<Record<Doing, readonly Role[]>> = {
  read: ['viewer', 'operator', 'approver'],
  ask: ['operator'],
  answer: ['approver'],
  brake: ['operator', 'approver'],
  unblock: ['operator'],
};

/** What somebody does with a decision of this kind. */
export function doingOf(kind: DecisionKind): Doing {
  switch (kind) {
    case 'approve':
    case 'reject':
      return 'answer';
    case 'hold':
    case 'release':
      return 'brake';
    case 'retry':
    case 'confirm':
    case 'abort':
      return 'unblock';
  }
}

/** Who may do what, by the rights of the configuration. Nobody may do what no right gives. */
export class Access {
  constructor(private readonly grants: ApiConfig['access']) {}

  rolesOf({ name, groups }: Caller, pair: string): Role[] {
    const given = this.grants
      .filter(({ pairs }) => pairs === undefined || pairs.includes(pair))
      .filter((grant) => grant.names.includes(name) || grant.groups.some((group) => groups.includes(group)))
      .map(({ role }) => role);
    return [...new Set(given)];
  }

  may(caller: Caller, doing: Doing, pair: string): boolean {
    return this.rolesOf(caller, pair).some((role) => mayBeDoneBy[doing].includes(role));
  }
}

/** The roles that allow it, in words. */
export const rolesFor = (doing: Doing): string => mayBeDoneBy[doing].join(' or ');
