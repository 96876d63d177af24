import type { CacheName, SiteName } from '../../domain/site-pair';
import type { EpochMs } from '../../domain/time';
import type { FakeCache } from './fake-caches';

/** One push of one cache under way. */
interface Push {
  from: SiteName;
  to: SiteName;
  cache: CacheName;
  /** Keys that are still to be sent. Keys that are sent already stay behind what is written later. */
  unsent: string[];
  /** Written on the receiving site since the start: these win. */
  ownOnReceiver: Set<string>;
  /** The receiver no longer takes what is sent, and the sender does not learn of it. */
  refused: boolean;
}

type Find = (site: SiteName, cache: CacheName) => FakeCache;

/**
 * Pushes as measured on the real servers: half of the entries arrive at once, the others when the push ends; a key is never
 * deleted by a push; one that is cut off ends as ERROR and leaves the receiver bound to it.
 */
export class FakePushes {
  private running: Push[] = [];
  private held = false;

  constructor(
    private readonly find: Find,
    private readonly clock: () => EpochMs,
  ) {}

  /** Pushes stay SENDING until `release`; those that run already do too. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    for (const push of [...this.running]) this.end(push, 'OK');
  }

  isSending(from: SiteName, cache: CacheName): boolean {
    return this.running.some((push) => push.from === from && push.cache === cache);
  }

  start(from: SiteName, to: SiteName, cache: CacheName): void {
    const { entries } = this.find(from, cache);
    const unsent = [...entries.keys()];
    const push: Push = { from, to, cache, unsent, ownOnReceiver: new Set(), refused: false };
    this.find(from, cache).push = 'SENDING';
    this.find(to, cache).receiving = true;
    this.running.push(push);
    this.send(push, Math.ceil(unsent.length / 2));
    if (!this.held) this.end(push, 'OK');
  }

  /** The status only: what arrived stays, and the receiver is free again where it can be told. */
  cancel(from: SiteName, cache: CacheName, reaches: boolean): void {
    const sender = this.find(from, cache);
    if (sender.push !== 'SENDING') return;
    sender.push = 'CANCELED';
    for (const push of this.of(from, cache)) {
      this.forget(push);
      if (reaches) this.find(push.to, cache).receiving = false;
    }
  }

  /** Of a push that runs, the sender goes on and ends it as OK although the rest never arrived. */
  cancelReceive(at: SiteName, cache: CacheName): void {
    this.find(at, cache).receiving = false;
    for (const push of this.running) if (push.to === at && push.cache === cache) push.refused = true;
  }

  /** The link between the sites is gone, or one of them is: what runs ends, and the receiver does not learn of it. */
  cutOff(): void {
    for (const push of [...this.running]) {
      this.forget(push);
      this.find(push.from, push.cache).push = 'ERROR';
    }
  }

  wroteOn(site: SiteName, cache: CacheName, key: string): void {
    for (const push of this.running) if (push.to === site && push.cache === cache) push.ownOnReceiver.add(key);
  }

  /** The push of one cache ends with an error although the link is there. */
  fail(from: SiteName, cache: CacheName): void {
    for (const push of this.of(from, cache)) this.end(push, 'ERROR');
  }

  private of(from: SiteName, cache: CacheName): Push[] {
    return this.running.filter((push) => push.from === from && push.cache === cache);
  }

  private end(push: Push, status: 'OK' | 'ERROR'): void {
    if (status === 'OK') this.send(push, Infinity);
    this.forget(push);
    this.find(push.from, push.cache).push = status;
    this.find(push.to, push.cache).receiving = false;
  }

  private send(push: Push, count: number): void {
    const sender = this.find(push.from, push.cache);
    const receiver = this.find(push.to, push.cache);
    for (const key of push.unsent.splice(0, count)) {
      const value = sender.entries.get(key);
      if (value === undefined || push.refused || push.ownOnReceiver.has(key)) continue;
      receiver.entries.set(key, value);
      receiver.stores += 1;
      if (sender.expiring.has(key)) receiver.expiring.set(key, this.clock());
    }
  }

  private forget(push: Push): void {
    this.running = this.running.filter((other) => other !== push);
  }
}
