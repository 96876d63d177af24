import { request } from 'undici';
import type { LabUser } from '../secrets';
import { passwordGrant } from './tokens';

const answersWithinMs = 30_000;

/** Keycloak's admin REST API at one site, as the user that the server made at its first start. */
export class KeycloakAdminRest {
  readonly #url: string;
  readonly #admin: LabUser;

  /** @param url of the site's Keycloak. */
  constructor({ url, admin }: { url: string; admin: LabUser }) {
    this.#url = url;
    this.#admin = admin;
  }

  /** @throws when the answer is none of success. @returns the answer's JSON, or undefined without one. */
  async ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    // A token lives for a minute: shorter than the tests and demos that come here again.
    const token = await this.#token();
    const { statusCode, body: answer } = await request(`${this.#url}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(answersWithinMs),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${this.#url}/admin${path} was answered ${statusCode} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #token(): Promise<string> {
    const answer = await passwordGrant(this.#url, { realm: 'master', clientId: 'admin-cli', user: this.#admin });
    if (!answer.tokens) throw new Error(`${this.#url}: the admin was refused: ${answer.status} ${answer.error}`);
    return answer.tokens.accessToken;
  }
}
