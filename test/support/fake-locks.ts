import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import type { LockAsk, LockLease, LockManager } from '../../gateways/ports';

interface Holding extends LockLease {
  until: number;
}

/** A store of locks in memory, whose clock and troubles a test decides. */
export class FakeLocks implements LockManager {
  /** While true the store answers nobody. */
  isDown = false;
  private readonly holdings = new Map<string, Holding>();
  private revision = 0;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** As an operator would: the lease is revoked. */
  revoke(name: string): void {
    this.holdings.delete(name);
  }

  holder(name: string): string | undefined {
    return this.held(name)?.owner;
  }

  async tryAcquire(ask: LockAsk, signal: AbortSignal) {
    this.answer(signal);
    const before = this.held(ask.name);
    if (before && before.owner !== ask.owner) return { heldBy: before.owner };
    const token = before?.token ?? (this.revision += 1);
    const lease: LockLease = { ...ask, token, id: String(token) };
    this.holdings.set(ask.name, { ...lease, until: this.nowMs() + ask.leaseSeconds * 1_000 });
    return { lease };
  }

  async renew(lease: LockLease, signal: AbortSignal): Promise<void> {
    await this.assertHeld(lease, signal);
    this.holdings.set(lease.name, { ...lease, until: this.nowMs() + lease.leaseSeconds * 1_000 });
  }

  async assertHeld({ name, token, owner }: LockLease, signal: AbortSignal): Promise<void> {
    this.answer(signal);
    if (this.held(name)?.token !== token) throw failure('LockLost', `${owner} has lost ${name}`);
  }

  async release({ name, token }: LockLease, signal: AbortSignal): Promise<void> {
    this.answer(signal);
    if (this.held(name)?.token === token) this.holdings.delete(name);
  }

  async check(_name: string, signal: AbortSignal): Promise<void> {
    this.answer(signal);
  }

  private held(name: string): Holding | undefined {
    const holding = this.holdings.get(name);
    return holding && this.nowMs() < holding.until ? holding : undefined;
  }

  private answer(signal: AbortSignal): void {
    if (this.isDown || signal.aborted) throw failure('LockUnavailable', 'as the test asked');
  }
}

const failure = (type: FailureType, message: string) => new OperatingFailure(type, message, { retryable: true });
