import type { WayName } from '../../lab/keycloak/ways';
import type { Lab } from '../../lab/lab';
import type { Operation, Outcome } from '../../lab/users/outcome';
import type { UserPopulation } from '../../lab/users/population';

/** What users are to feel: an operation, by a way, and the outcomes of which one is wanted. */
export type Felt = readonly [way: WayName, operation: Operation, ...wanted: readonly Outcome[]];

const withinSeconds = 90;

/** Waits until each of these operations, begun since then, has come to one of its outcomes. */
export async function untilFelt(
  lab: Pick<Lab, 'until'>,
  users: UserPopulation,
  { since, felt }: { since: Date; felt: readonly Felt[] },
): Promise<void> {
  const missing = () =>
    felt.filter(([way, operation, ...wanted]) => {
      const found = users.records.filter((record) => record.way === way && record.operation === operation);
      return !found.some(({ at, outcome }) => at >= since.getTime() && wanted.includes(outcome));
    });
  const all = () => {
    const words = missing().map(([way, operation, ...wanted]) => `${operation} by ${way}: ${wanted.join(' or ')}`);
    if (words.length > 0) throw new Error(words.join('; '));
    return true;
  };
  await lab.until(all, { what: 'what users come to', withinSeconds });
}
