import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeycloakAdminRest } from '../keycloak/admin-rest';
import type { LabRealm } from '../keycloak/realm';
import { UserAdmin } from '../keycloak/user-admin';
import type { WayName } from '../keycloak/ways';
import type { Credentials } from '../secrets';
import { isLabSite, peerOf } from '../sites';
import { crowdFor, type Shift } from './crowd';
import { liveLine } from './live-line';
import { operations, type UserRecord } from './outcome';
import { timelineOf, type Mark, type Timeline } from './timeline';
import { Worker } from './worker';

const recordsKept = 200_000;
const liveSeconds = 5;
const wellForSeconds = 8;

export interface UsersOptions {
  /** Addresses with scheme, host and port. */
  urls: Record<WayName, string>;
  /** Each of its users is one worker: brute force detection refuses concurrent right logins of one user. */
  realm: LabRealm;
  /** Of the realm `master`: may manage the realm's users and read what brute force detection counts. */
  admin: Credentials;
  /** Default: the accelerator only. A site's own address adds one user of each kind, who asks that site directly. */
  ways?: readonly WayName[];
}

/**
 * People and applications who use Keycloak all the time, each with a user of its own and at a bounded rate.
 * What they write down is what users felt.
 */
export class UserPopulation {
  /** Resolves when nobody is at work any more. */
  readonly ended: Promise<void>;
  readonly #options: Required<UsersOptions>;
  readonly #records: UserRecord[] = [];
  readonly #marks: Mark[] = [];
  readonly #stopping = new AbortController();

  constructor(options: UsersOptions) {
    this.#options = { ways: ['accelerator'], ...options };
    const { ways, urls, realm, admin } = this.#options;
    const crowd = crowdFor(ways);
    if (realm.users.length < crowd.length) {
      const has = `realm ${realm.realm} has ${realm.users.length} users`;
      throw new Error(`${has}, and ${crowd.length} are needed: one per worker`);
    }
    // All workers wait for this one; Node takes more than ten for a leak.
    setMaxListeners(0, this.#stopping.signal);
    const admins = new Map(
      ways.map((way) => [way, new UserAdmin(new KeycloakAdminRest({ url: urls[way], admin }), realm)]),
    );
    const workers = crowd.map((shift, index) => this.#workerFor(shift, realm.users[index]!, admins.get(shift.way)!));
    this.ended = Promise.all(workers.map((worker) => this.#work(worker))).then(() => {});
  }

  /** In the order in which the operations ended; the latest 200,000. */
  get records(): readonly UserRecord[] {
    return this.#records;
  }

  /** One line on the last five seconds. */
  liveLine(): string {
    return liveLine(this.#records, { now: Date.now(), lastSeconds: liveSeconds });
  }

  /**
   * Whether all kinds of operations occurred in the last seconds, and all went well. A Keycloak that has just started
   * takes seconds for its first answers: only then is it time to measure.
   */
  isWell(): boolean {
    const latest = this.#since(new Date(Date.now() - wellForSeconds * 1_000));
    const kinds = new Set(latest.map(({ operation, way }) => `${way} ${operation}`));
    return (
      kinds.size === this.#options.ways.length * operations.length && latest.every(({ outcome }) => outcome === 'ok')
    );
  }

  /** Notes what happened, for the timeline. */
  mark(...marks: readonly Mark[]): void {
    this.#marks.push(...marks);
  }

  /** @param since without, from the beginning. */
  timeline({ since = new Date(0) }: { since?: Date } = {}): Timeline {
    const marks = this.#marks.filter(({ at }) => at >= since.getTime());
    return timelineOf({ records: this.#since(since), marks });
  }

  /** Ends what is under way; that is not recorded. Returns when nobody is at work. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the users go home'));
    await this.ended;
  }

  #since(since: Date): readonly UserRecord[] {
    return this.#records.filter(({ at }) => at >= since.getTime());
  }

  #workerFor(shift: Shift, user: Credentials, admin: UserAdmin): Worker {
    const { urls, realm } = this.#options;
    const other = isLabSite(shift.way) ? peerOf(shift.way) : shift.way;
    return new Worker({
      ...{ shift, user, realm, admin, stopping: this.#stopping.signal },
      ...{ url: urls[shift.way], otherUrl: urls[other] },
      record: (record) => this.#keep(record),
    });
  }

  async #work(worker: Worker): Promise<void> {
    const { signal } = this.#stopping;
    const { startsAfterMs, everyMs } = worker.shift;
    const pause = (ms: number) => sleep(Math.max(ms, 0), undefined, { signal }).catch(() => {});
    await pause(startsAfterMs);
    while (!signal.aborted) {
      const beganAt = performance.now();
      await worker.turn();
      await pause(beganAt + everyMs - performance.now());
    }
  }

  #keep(record: UserRecord): void {
    this.#records.push(record);
    if (this.#records.length > recordsKept) this.#records.splice(0, recordsKept / 10);
  }
}
