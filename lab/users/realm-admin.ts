import { z } from 'zod';
import type { Ending } from './outcome';
import { apiEnding, parsed, visiting, type Place } from './operations';
import type { Credentials } from './realm';
import type { Answer } from './visit';

/** Renewed that long before it ends, so that none ends on its way. */
const spareMs = 15_000;

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });
const userAnswer = z.looseObject({ id: z.string(), firstName: z.string().optional() });
const failuresAnswer = z.object({ numFailures: z.number(), disabled: z.boolean() });

export interface Failures {
  count: number;
  /** Locked for now: what comes is refused without being counted. */
  locked: boolean;
}

/** An administrator of the realm, by the admin REST. Holds one token until shortly before its end. */
export class RealmAdmin {
  #token: { value: string; until: number } | undefined;
  readonly #ids = new Map<string, string>();
  readonly #admin: Credentials;

  /** @param admin of the realm `master`: may manage the users of the realm and read what brute force detection counts. */
  constructor(admin: Credentials) {
    this.#admin = admin;
  }

  /** Changes a user's first name. @throws when no token is given or the user is not found. */
  async rename(place: Place, username: string, firstName: string): Promise<Ending> {
    const path = await this.#userPath(place, username);
    const read = await this.#get(place, path);
    if (read.status !== 200) return apiEnding(read);
    const token = await this.#tokenAt(place);
    const user = userAnswer.parse(parsed(read.text));
    return visiting(place, async (visit) => apiEnding(await visit.put(path, { token, json: { ...user, firstName } })));
  }

  /** @throws when the site does not tell. */
  async firstName(place: Place, username: string): Promise<string | undefined> {
    return userAnswer.parse(parsed((await this.#get(place, await this.#userPath(place, username))).text)).firstName;
  }

  /** What brute force detection knows of a user. @throws when the site does not tell. */
  async failures(place: Place, username: string): Promise<Failures> {
    const id = await this.#userId(place, username);
    const path = `${adminOf(place)}/attack-detection/brute-force/users/${id}`;
    const { numFailures, disabled } = failuresAnswer.parse(parsed((await this.#get(place, path)).text));
    return { count: numFailures, locked: disabled };
  }

  async #get(place: Place, path: string): Promise<Answer> {
    const token = await this.#tokenAt(place);
    return visiting(place, (visit) => visit.get(path, { token }));
  }

  async #userPath(place: Place, username: string): Promise<string> {
    return `${adminOf(place)}/users/${await this.#userId(place, username)}`;
  }

  async #userId(place: Place, username: string): Promise<string> {
    const known = this.#ids.get(username);
    if (known !== undefined) return known;
    const query = new URLSearchParams({ username, exact: 'true' }).toString();
    const { status, text } = await this.#get(place, `${adminOf(place)}/users?${query}`);
    const [user] = z.array(userAnswer).safeParse(parsed(text)).data ?? [];
    if (user === undefined) throw new Error(`user ${username} not found: HTTP ${status}`);
    this.#ids.set(username, user.id);
    return user.id;
  }

  async #tokenAt(place: Place): Promise<string> {
    if (this.#token && this.#token.until > Date.now()) return this.#token.value;
    const { username, password } = this.#admin;
    const form = { grant_type: 'password', client_id: 'admin-cli', username, password };
    const { status, text } = await visiting(place, (visit) =>
      visit.post('/realms/master/protocol/openid-connect/token', { form }),
    );
    const given = tokenAnswer.safeParse(parsed(text)).data;
    if (given === undefined) throw new Error(`no administrator's token: HTTP ${status}`);
    this.#token = { value: given.access_token, until: Date.now() + given.expires_in * 1_000 - spareMs };
    return given.access_token;
  }
}

function adminOf({ realm }: Place): string {
  return `/admin/realms/${encodeURIComponent(realm.realm)}`;
}
