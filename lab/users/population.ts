import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { countsPerSecond, type SecondCounts } from './counts';
import { crowdFor, type Shift } from './crowd';
import { liveLine } from './live-line';
import { operations, type UserRecord, type WayName } from './outcome';
import type { Credentials, UsersRealm } from './realm';
import { RealmAdmin } from './realm-admin';
import { timelineOf, type Mark, type Timeline } from './timeline';
import { Worker } from './worker';
import { isLabSite, peerOf, type LabSite } from '../sites';
import type { LabRun } from '../run';
import { tiers } from '../tiers';

const recordsKept = 200_000;
const liveSeconds = 5;

export interface UsersOptions {
  /** Addresses with scheme, host and port. */
  urls: Record<'accelerator' | LabSite, string>;
  realm: UsersRealm;
  /** Of the realm `master`: may manage the realm's users and read what brute force detection counts. */
  admin: Credentials;
  /** Default: the accelerator only. A site's own address adds one user of each kind, who asks that site directly. */
  ways?: readonly WayName[];
  /** A success that takes longer counts as slow. */
  slowAfterMs?: number;
  /** A user gives up after this. */
  giveUpAfterMs?: number;
}

/** Since when; without, from the beginning. */
export interface Since {
  since?: Date;
}

/**
 * People and applications who use Keycloak all the time, each with a user of its own and at a bounded rate.
 * What they write down is what users felt.
 */
export class UserPopulation {
  readonly #options: Required<UsersOptions>;
  readonly #records: UserRecord[] = [];
  readonly #marks: Mark[] = [];
  readonly #stopping = new AbortController();
  readonly #working: Promise<void>;
  readonly #kinds: number;

  constructor(options: UsersOptions) {
    this.#options = { ways: ['accelerator'], slowAfterMs: 2_000, giveUpAfterMs: 10_000, ...options };
    const crowd = crowdFor(this.#options.ways);
    this.#kinds = this.#options.ways.length * operations.length;
    const { realm, users } = this.#options.realm;
    if (users.length < crowd.length) {
      throw new Error(`realm ${realm} has ${users.length} users, and ${crowd.length} are needed: one per worker`);
    }
    // All workers wait for this one; Node takes more than ten for a leak.
    setMaxListeners(0, this.#stopping.signal);
    const admin = new RealmAdmin(this.#options.admin);
    this.#working = Promise.all(crowd.map((shift, index) => this.#work(shift, index, admin))).then(() => {});
  }

  /** In the order in which the operations ended; the latest 200,000. */
  get records(): readonly UserRecord[] {
    return this.#records;
  }

  /** Outcomes by the second in which the operations began, by operation and by way. */
  countsPerSecond(options: Since = {}): readonly SecondCounts[] {
    return countsPerSecond(this.#since(options));
  }

  /** One line on the last five seconds. */
  liveLine(): string {
    return liveLine(this.#records, { now: Date.now(), lastSeconds: liveSeconds });
  }

  /**
   * Whether all kinds of operations occurred in the last seconds, and all went well. A Keycloak that has just started
   * takes seconds for its first answers: only then is it time to measure.
   */
  isWell({ forSeconds = 8 } = {}): boolean {
    const latest = this.#since({ since: new Date(Date.now() - forSeconds * 1_000) });
    const kinds = new Set(latest.map(({ operation, way }) => `${way} ${operation}`));
    return kinds.size === this.#kinds && latest.every(({ outcome }) => outcome === 'ok');
  }

  /** Notes what happened, for the timeline. */
  mark(...marks: readonly Mark[]): void {
    this.#marks.push(...marks);
  }

  timeline({ since, maxBuckets }: Since & { maxBuckets?: number } = {}): Timeline {
    const from = since?.getTime() ?? 0;
    const marks = this.#marks.filter(({ at }) => at >= from);
    return timelineOf({ records: this.#since({ since }), marks, maxBuckets });
  }

  /** Ends what is under way; that is not recorded. Returns when nobody is at work. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the users go home'));
    await this.#working;
  }

  #since({ since = new Date(0) }: Since): readonly UserRecord[] {
    return this.#records.filter(({ at }) => at >= since.getTime());
  }

  async #work(shift: Shift, index: number, admin: RealmAdmin): Promise<void> {
    const { urls, realm, slowAfterMs, giveUpAfterMs } = this.#options;
    const stopping = this.#stopping.signal;
    const other = isLabSite(shift.way) ? peerOf(shift.way) : shift.way;
    const worker = new Worker({
      ...{ shift, realm, admin, slowAfterMs, giveUpAfterMs, stopping },
      user: realm.users[index]!,
      way: { name: shift.way, url: urls[shift.way] },
      otherWay: { name: other, url: urls[other] },
      record: (record) => this.#keep(record),
    });
    const pause = (ms: number) => sleep(Math.max(ms, 0), undefined, { signal: stopping }).catch(() => {});
    await pause(shift.startsAfterMs);
    while (!stopping.aborted) {
      const beganAt = performance.now();
      await worker.turn();
      await pause(beganAt + shift.everyMs - performance.now());
    }
  }

  #keep(record: UserRecord): void {
    this.#records.push(record);
    if (this.#records.length > recordsKept) this.#records.splice(0, recordsKept / 10);
  }
}

/** Users from now on, until `stop()` or the end of the run. */
export function startUsers(run: LabRun, options: UsersOptions): UserPopulation {
  const population = new UserPopulation(options);
  run.onClose(tiers.clients, () => population.stop());
  return population;
}
