import type { OperatingFailure } from '../../domain/failure-types';
import { recently, type EpochMs } from '../../domain/time';
import type { PreviousSecret } from '../secret-ports';

/** What a store gives for a secret. */
export interface SecretVersion {
  text: string;
  /** Equal for equal versions. */
  id: string;
  createdAt?: EpochMs;
}

export interface RememberedSecretOptions {
  fetch: () => Promise<SecretVersion>;
  fetchPrevious: () => Promise<SecretVersion | undefined>;
  clock: () => EpochMs;
  fetchFailed: (failure: OperatingFailure, servedSince: EpochMs | undefined) => void;
  rotated: () => void;
}

/** From this age on, whoever reads the secret has it fetched anew, and does not wait for that. */
const softAgeMs = 5 * 60_000;
const retryAfterMs = 30_000;
/** Refusals closer together than this share one fetch: callers with an old value must not hammer the secret store. */
const refetchAtMostEveryMs = 5_000;
/** Callers may learn of a rotation later than we do: a mounted secret takes minutes to reach its reader. */
const previousForMs = 10 * 60_000;

/**
 * One secret that is expensive to fetch, kept in memory.
 * What was read once is served on when the store does not answer: a fence must not depend on it.
 */
export class RememberedSecret {
  private held: (SecretVersion & { fetchedAt: EpochMs }) | undefined;
  private replaced: SecretVersion | undefined;
  private currentSince = -Infinity;
  private askedAt = -Infinity;
  private refusal: { at: EpochMs; outcome: Promise<SecretVersion> } | undefined;
  private fetching: Promise<SecretVersion> | undefined;
  private previous: { of: string; version: Promise<SecretVersion | undefined> } | undefined;

  constructor(private readonly options: RememberedSecretOptions) {}

  get fetchedAt(): EpochMs | undefined {
    return this.held?.fetchedAt;
  }

  async read(): Promise<string> {
    if (this.held === undefined) return (await this.fetch()).text;
    const now = this.options.clock();
    const fresh = recently(this.held.fetchedAt, softAgeMs, now) || recently(this.askedAt, retryAfterMs, now);
    if (!fresh) this.fetch().catch(() => undefined);
    return this.held.text;
  }

  /** Fails where the fetch fails: what is held has just been refused. */
  async readAnew(): Promise<string> {
    const now = this.options.clock();
    if (this.held !== undefined && recently(this.held.fetchedAt, refetchAtMostEveryMs, now)) return this.held.text;
    if (!this.refusal || !recently(this.refusal.at, refetchAtMostEveryMs, now)) {
      this.refusal = { at: now, outcome: this.fetch() };
    }
    return (await this.refusal.outcome).text;
  }

  /** Of what the store calls previous, or, where it does not answer, of what was replaced while we looked. */
  async readPrevious(): Promise<PreviousSecret | undefined> {
    const { held } = this;
    const now = this.options.clock();
    if (held === undefined || !recently(this.currentSince, previousForMs, now)) return undefined;
    const version = await this.fetchPrevious(held.id).catch(() => this.replaced);
    return version && { text: version.text, acceptForMs: this.currentSince + previousForMs - now };
  }

  private fetchPrevious(current: string): Promise<SecretVersion | undefined> {
    if (this.previous?.of !== current) this.previous = { of: current, version: this.options.fetchPrevious() };
    const { previous } = this;
    previous.version.catch(() => this.previous === previous && (this.previous = undefined));
    return previous.version;
  }

  private fetch(): Promise<SecretVersion> {
    this.fetching ??= this.fetchOnce().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetchOnce(): Promise<SecretVersion> {
    const { clock, fetch, fetchFailed } = this.options;
    this.askedAt = clock();
    try {
      const version = await fetch();
      this.hold(version, clock());
      return version;
    } catch (error) {
      fetchFailed(error as OperatingFailure, this.held?.fetchedAt);
      throw error;
    }
  }

  private hold(version: SecretVersion, now: EpochMs): void {
    const before = this.held;
    this.held = { ...version, fetchedAt: now };
    if (before === undefined) {
      // The store's clock may be ahead of ours; what is accepted must end all the same.
      this.currentSince = Math.min(version.createdAt ?? -Infinity, now);
    } else if (before.id !== version.id) {
      this.currentSince = now;
      this.replaced = before;
      this.options.rotated();
    }
  }
}
