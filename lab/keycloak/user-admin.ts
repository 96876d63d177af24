import { z } from 'zod';
import type { KeycloakAdminRest } from './admin-rest';
import { answered, type Answered } from './oidc';

/** Part of what the admin REST API knows of a user (UserRepresentation); the rest is kept as it is. */
const userAnswer = z.looseObject({ id: z.string(), enabled: z.boolean(), firstName: z.string().optional() });
type UserAnswer = z.infer<typeof userAnswer>;
const failuresAnswer = z.object({ numFailures: z.number(), disabled: z.boolean() });

export interface Failures {
  count: number;
  /** Locked for now: what comes is refused without being counted. */
  locked: boolean;
}

/** An administrator of a realm's users. Every call ends with its signal, or within the bound of the admin REST API. */
export class UserAdmin {
  readonly #rest: KeycloakAdminRest;
  readonly #realm: string;
  readonly #ids = new Map<string, string>();

  constructor(rest: KeycloakAdminRest, { realm }: { realm: string }) {
    this.#rest = rest;
    this.#realm = `/realms/${encodeURIComponent(realm)}`;
  }

  /** @throws when the user is not found or nothing answers. @returns what Keycloak answered to the change. */
  async change(
    username: string,
    fields: Partial<Pick<UserAnswer, 'enabled' | 'firstName'>>,
    signal?: AbortSignal,
  ): Promise<Answered> {
    const path = `${this.#realm}/users/${await this.#idOf(username, signal)}`;
    const read = await this.#rest.send('GET', path, { signal });
    if (read.status !== 200) return answered(read);
    const json = { ...userAnswer.parse(read.json), ...fields };
    return answered(await this.#rest.send('PUT', path, { json, signal }));
  }

  /** As this Keycloak has the user: of its own cache, where it holds it. @throws when it does not tell. */
  async read(username: string, signal?: AbortSignal): Promise<Pick<UserAnswer, 'enabled' | 'firstName'>> {
    const path = `${this.#realm}/users/${await this.#idOf(username, signal)}`;
    return userAnswer.parse((await this.#rest.send('GET', path, { signal })).json);
  }

  /** What brute force detection knows of a user. @throws when the site does not tell. */
  async failures(username: string, signal?: AbortSignal): Promise<Failures> {
    const path = `${this.#realm}/attack-detection/brute-force/users/${await this.#idOf(username, signal)}`;
    const { numFailures, disabled } = failuresAnswer.parse((await this.#rest.send('GET', path, { signal })).json);
    return { count: numFailures, locked: disabled };
  }

  async #idOf(username: string, signal?: AbortSignal): Promise<string> {
    const known = this.#ids.get(username);
    if (known !== undefined) return known;
    const query = new URLSearchParams({ username, exact: 'true' }).toString();
    const { status, json } = await this.#rest.send('GET', `${this.#realm}/users?${query}`, { signal });
    const [user] = z.array(userAnswer).safeParse(json).data ?? [];
    if (user === undefined) throw new Error(`user ${username} not found: HTTP ${status}`);
    this.#ids.set(username, user.id);
    return user.id;
  }
}
