import { within } from './deadline';
import type { Shift } from './crowd';
import { browserLogin, logout, passwordLogin, refresh, revoke, userinfo, type Place, type Tokens } from './operations';
import { outcomeOf, type Ending, type Judged, type Operation, type ReadBack, type UserRecord } from './outcome';
import { readBack } from './read-back';
import type { RealmAdmin } from './realm-admin';
import type { Credentials, UsersRealm } from './realm';
import type { Way } from './visit';

export interface WorkerOptions {
  shift: Shift;
  user: Credentials;
  realm: UsersRealm;
  admin: RealmAdmin;
  way: Way;
  /** Where a session is refreshed that began by `way`. */
  otherWay: Way;
  slowAfterMs: number;
  giveUpAfterMs: number;
  stopping: AbortSignal;
  record: (record: UserRecord) => void;
}

interface Act<T extends { ending: Ending }> {
  way?: Way;
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

  /** Never rejects: what goes wrong is what is recorded. */
  async turn(): Promise<void> {
    this.#turns += 1;
    switch (this.#options.shift.role) {
      case 'passwordLogin':
        return this.#comeAndGo();
      case 'browserLogin':
        await this.#do('browserLogin', { act: (place) => browserLogin(place, this.#options.user) });
        return;
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

  /** Has mistyped once, as everybody has: from then on Keycloak writes down with every login that its failures are forgotten. */
  async #comeAndGo(): Promise<void> {
    if (this.#turns === 1) await this.#mistype();
    const tokens = await this.#logIn();
    if (tokens) await this.#do('logout', { act: async (place) => ({ ending: await logout(place, tokens) }) });
  }

  /** Refreshes where the session did not begin, and uses what it got. */
  async #goOn(): Promise<void> {
    const tokens = this.#tokens;
    if (tokens === undefined) {
      this.#tokens = await this.#logIn();
    } else if (this.#turns % 2 === 0) {
      this.#tokens = await this.#refresh(tokens);
    } else {
      const ending = async (place: Place) => ({ ending: await userinfo(place, tokens) });
      if ((await this.#do('userinfo', { act: ending })) === undefined) this.#tokens = undefined;
    }
  }

  async #takeBack(): Promise<void> {
    this.#tokens = this.#tokens ? await this.#refresh(this.#tokens) : await this.#logIn();
    const tokens = this.#tokens;
    if (tokens === undefined) return;
    await this.#do('revoke', {
      act: async (place) => ({ ending: await revoke(place, tokens) }),
      check: async (place) => {
        const answer = await userinfo(place, tokens);
        if (answer.kind !== 'answered' || ![200, 401].includes(answer.status)) throw new Error('no answer');
        return answer.status === 401;
      },
    });
  }

  /** Mistypes, and then types it right: that sets the count of failures back to nothing. */
  async #mistype(): Promise<void> {
    const { user, admin } = this.#options;
    const before = await this.#quietly((place) => admin.failures(place, user.username));
    await this.#do('wrongPassword', {
      act: (place) => passwordLogin(place, { ...user, password: `not ${user.password}` }),
      check: async (place) => {
        const { count, locked } = await admin.failures(place, user.username);
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
      act: async (place) => ({ ending: await admin.rename(place, user.username, firstName) }),
      check: async (place) => (await admin.firstName(place, user.username)) === firstName,
    });
  }

  async #logIn(): Promise<Tokens | undefined> {
    const { user } = this.#options;
    return (await this.#do('passwordLogin', { act: (place) => passwordLogin(place, user) }))?.tokens;
  }

  async #refresh(tokens: Tokens): Promise<Tokens | undefined> {
    const way = this.#options.otherWay;
    return (await this.#do('refresh', { way, act: (place) => refresh(place, tokens) }))?.tokens;
  }

  /** Does it, judges it, records it. @returns what it gave when it went well, however slowly. */
  async #do<T extends { ending: Ending }>(operation: Operation, { way, act, check }: Act<T>): Promise<T | undefined> {
    const { stopping, slowAfterMs } = this.#options;
    const at = Date.now();
    const startedAt = performance.now();
    const gave = await this.#outwait((place) => act({ ...place, way: way ?? place.way }));
    const tookMs = performance.now() - startedAt;
    const ending = 'ending' in gave ? gave.ending : gave.failed;
    const checked = check && ending.kind === 'answered' && ending.status < 500 ? await this.#check(check) : undefined;
    const judged = outcomeOf({ operation, ending, tookMs, readBack: checked, slowAfterMs });
    if (!stopping.aborted) this.#record({ operation, at, tookMs }, judged);
    return 'ending' in gave && (judged.outcome === 'ok' || judged.outcome === 'slow') ? gave : undefined;
  }

  #record(what: Pick<UserRecord, 'operation' | 'at' | 'tookMs'>, judged: Judged): void {
    this.#options.record({ ...what, way: this.#options.way.name, ...judged });
  }

  async #outwait<T>(act: (place: Place) => Promise<T>): Promise<T | { failed: Ending }> {
    const { way, realm, stopping, giveUpAfterMs } = this.#options;
    try {
      return await within(giveUpAfterMs, stopping, (signal) => act({ way, realm, signal }));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { failed: { kind: 'unanswered', why: code ?? message } };
    }
  }

  async #quietly<T>(act: (place: Place) => Promise<T>): Promise<T | undefined> {
    const gave = await this.#outwait(async (place) => ({ value: await act(place) }));
    return 'value' in gave ? gave.value : undefined;
  }

  async #check(check: (place: Place) => Promise<boolean>): Promise<ReadBack> {
    const read = async () => {
      const shown = await this.#quietly(check);
      if (shown === undefined) throw new Error('no answer');
      return shown;
    };
    return readBack(read, { stopping: this.#options.stopping });
  }
}
