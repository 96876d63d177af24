import { browserLogin } from '../keycloak/browser-login';
import {
  logout,
  passwordLogin,
  refresh,
  revoke,
  userinfo,
  type Answered,
  type Place,
  type Tokens,
} from '../keycloak/oidc';
import type { LabRealm } from '../keycloak/realm';
import type { UserAdmin } from '../keycloak/user-admin';
import type { Credentials } from '../secrets';
import type { Shift } from './crowd';
import { within } from './deadline';
import { outcomeOf, type Ending, type Judged, type Operation, type UserRecord } from './outcome';
import { readBack } from './read-back';

/** A success that takes longer is slow. */
const slowAfterMs = 2_000;
/** A user gives up after this. */
const giveUpAfterMs = 10_000;

export interface WorkerOptions {
  shift: Shift;
  user: Credentials;
  realm: LabRealm;
  /** By the way of the shift, as all that the user does. */
  admin: UserAdmin;
  url: string;
  /** Where a session is refreshed that began at `url`. */
  otherUrl: string;
  stopping: AbortSignal;
  record: (record: UserRecord) => void;
}

interface Act<T extends Answered> {
  url?: string;
  act: (place: Place) => Promise<T>;
  /** Is asked after the act, and only when it was answered. */
  check?: (place: Place) => Promise<boolean>;
}

/** One user at work: does the turns of one shift, and records how each operation ended. */
export class Worker {
  readonly #options: WorkerOptions;
  #tokens: Tokens | undefined;
  #turns = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get shift(): Shift {
    return this.#options.shift;
  }

  /** Never rejects: what goes wrong is what is recorded. */
  async turn(): Promise<void> {
    this.#turns += 1;
    switch (this.#options.shift.role) {
      case 'passwordLogin':
        return this.#comeAndGo();
      case 'browserLogin':
        return this.#comeByBrowser();
      case 'wrongPassword':
        return this.#mistype();
      case 'session':
        return this.#goOn();
      case 'revoke':
        return this.#takeBack();
      case 'adminWrite':
        return this.#administer();
    }
  }

  async #comeByBrowser(): Promise<void> {
    const { user, realm } = this.#options;
    await this.#do('browserLogin', { act: (place) => browserLogin(place, user, realm.redirectUri) });
  }

  /** Has mistyped once, as everybody has: from then on Keycloak writes down with every login that its failures are forgotten. */
  async #comeAndGo(): Promise<void> {
    if (this.#turns === 1) await this.#mistype();
    const tokens = await this.#logIn();
    if (tokens) await this.#do('logout', { act: (place) => logout(place, tokens) });
  }

  /** Refreshes where the session did not begin, and uses what it got. */
  async #goOn(): Promise<void> {
    const tokens = this.#tokens;
    if (tokens === undefined) {
      this.#tokens = await this.#logIn();
    } else if (this.#turns % 2 === 0) {
      this.#tokens = await this.#refresh(tokens);
    } else if (!(await this.#do('userinfo', { act: (place) => userinfo(place, tokens) }))) {
      this.#tokens = undefined;
    }
  }

  async #takeBack(): Promise<void> {
    this.#tokens = this.#tokens ? await this.#refresh(this.#tokens) : await this.#logIn();
    const tokens = this.#tokens;
    if (tokens === undefined) return;
    await this.#do('revoke', {
      act: (place) => revoke(place, tokens),
      check: async (place) => {
        const { status } = await userinfo(place, tokens);
        if (![200, 401].includes(status)) throw new Error('no answer');
        return status === 401;
      },
    });
  }

  /** Mistypes, and then types it right: that sets the count of failures back to nothing. */
  async #mistype(): Promise<void> {
    const { user, admin } = this.#options;
    // Where that cannot be told, it cannot be told either whether this mistake is counted.
    const before = await this.#outwait(({ signal }) => admin.failures(user.username, signal)).catch(() => undefined);
    await this.#do('wrongPassword', {
      act: (place) => passwordLogin(place, { ...user, password: `not ${user.password}` }),
      check: async ({ signal }) => {
        const { count, locked } = await admin.failures(user.username, signal);
        if (before === undefined) throw new Error('not counted before');
        return locked || count > before.count;
      },
    });
    await this.#logIn();
  }

  async #administer(): Promise<void> {
    const { user, admin } = this.#options;
    const firstName = `Turn ${Date.now()}`;
    await this.#do('adminWrite', {
      act: ({ signal }) => admin.change(user.username, { firstName }, signal),
      check: async ({ signal }) => (await admin.read(user.username, signal)).firstName === firstName,
    });
  }

  async #logIn(): Promise<Tokens | undefined> {
    const { user } = this.#options;
    return (await this.#do('passwordLogin', { act: (place) => passwordLogin(place, user) }))?.tokens;
  }

  async #refresh(tokens: Tokens): Promise<Tokens | undefined> {
    const url = this.#options.otherUrl;
    return (await this.#do('refresh', { url, act: (place) => refresh(place, tokens) }))?.tokens;
  }

  /** Does it, judges it, records it. @returns what it gave when it went well, however slowly. */
  async #do<T extends Answered>(operation: Operation, { url, act, check }: Act<T>): Promise<T | undefined> {
    const { stopping } = this.#options;
    const at = Date.now();
    const startedAt = performance.now();
    const ending: T | Unanswered = await this.#outwait(act, url).catch(unanswered);
    const tookMs = performance.now() - startedAt;
    const worthReading = check && ending.kind === 'answered' && ending.status < 500;
    const shown = worthReading ? await readBack(() => this.#outwait(check), { stopping }) : undefined;
    const judged = outcomeOf({ operation, ending, tookMs, readBack: shown, slowAfterMs });
    if (!stopping.aborted) this.#record({ operation, at, tookMs }, judged);
    const wentWell = judged.outcome === 'ok' || judged.outcome === 'slow';
    return ending.kind === 'answered' && wentWell ? ending : undefined;
  }

  #record(what: Pick<UserRecord, 'operation' | 'at' | 'tookMs'>, judged: Judged): void {
    this.#options.record({ ...what, way: this.#options.shift.way, ...judged });
  }

  /** @throws GaveUp when it takes longer than a user waits. */
  #outwait<T>(act: (place: Place) => Promise<T>, url = this.#options.url): Promise<T> {
    const { realm, stopping } = this.#options;
    return within(giveUpAfterMs, stopping, (signal) => act({ url, client: realm, signal }));
  }
}

type Unanswered = Exclude<Ending, Answered>;

function unanswered({ code, message }: NodeJS.ErrnoException): Unanswered {
  return { kind: 'unanswered', why: code ?? message };
}
