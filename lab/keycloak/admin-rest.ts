import type { Credentials } from '../secrets';
import { passwordLogin } from './oidc';
import { visiting, type Answer, type Method } from './visit';

const answersWithinMs = 30_000;
/** A token is renewed that long before it ends, so that none ends on its way. */
const spareSeconds = 15;

/**
 * Keycloak's admin REST API at one site, or at whichever the accelerator leads to, as the user that the server made at its
 * first start. Holds one token until shortly before its end.
 */
export class KeycloakAdminRest {
  readonly #url: string;
  readonly #admin: Credentials;
  #token: { value: string; until: number } | undefined;

  /** @param admin of the realm `master`. */
  constructor({ url, admin }: { url: string; admin: Credentials }) {
    this.#url = url;
    this.#admin = admin;
  }

  /** @throws when the answer is none of success. @returns the answer's JSON, or undefined without one. */
  async ask(method: Method, path: string, json?: unknown): Promise<unknown> {
    const answer = await this.send(method, path, { json });
    const { status, text } = answer;
    if (status >= 300) throw new Error(`${method} ${this.#url}/admin${path} was answered ${status} ${text}`);
    return answer.json;
  }

  /** @throws when nothing answers, or the admin is refused. @returns what was answered, whatever it is. */
  async send(
    method: Method,
    path: string,
    { json, signal = AbortSignal.timeout(answersWithinMs) }: { json?: unknown; signal?: AbortSignal } = {},
  ): Promise<Answer> {
    const token = await this.#accessToken(signal);
    return visiting({ url: this.#url, signal }, (visit) => visit.ask(method, `/admin${path}`, { json, token }));
  }

  async #accessToken(signal: AbortSignal): Promise<string> {
    if (this.#token && this.#token.until > Date.now()) return this.#token.value;
    const client = { realm: 'master', clientId: 'admin-cli' };
    const { tokens, status, says } = await passwordLogin({ url: this.#url, client, signal }, this.#admin);
    if (!tokens) throw new Error(`${this.#url}: the admin was refused: ${status} ${says ?? ''}`);
    this.#token = { value: tokens.access, until: Date.now() + (tokens.expiresInSeconds - spareSeconds) * 1_000 };
    return tokens.access;
  }
}
