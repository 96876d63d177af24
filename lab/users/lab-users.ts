import { urlsOf, type WayName } from '../keycloak/ways';
import type { Lab } from '../lab';
import { tiers } from '../tiers';
import { UserPopulation } from './population';

/**
 * Users of the lab's Keycloaks from now on, until `stop()` or the lab's end. They are the last ones of the realm: the lab's
 * clients are the first ones, and one user must not be in two places at once.
 */
export function startLabUsers(
  { run, keycloak }: Pick<Lab, 'run' | 'keycloak'>,
  options: { ways?: readonly WayName[] } = {},
): UserPopulation {
  if (!keycloak) throw new Error('users need a lab with Keycloak: start it with the option `keycloak`');
  const { realm, admin } = keycloak;
  const users = new UserPopulation({
    ...options,
    urls: urlsOf(keycloak),
    realm: { ...realm, users: realm.users.toReversed() },
    admin,
  });
  run.onClose(tiers.clients, () => users.stop());
  return users;
}
