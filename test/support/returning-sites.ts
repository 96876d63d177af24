import type { Question } from '../../domain/next';
import type { Gate } from '../../domain/site-pair';
import type { Phase } from '../../domain/state';
import type { RunStatus } from '../../workflows/contract/inputs';
import { TwoSites } from './two-sites';

/** A pair of fake sites with the verbs of the way back. */
export class ReturningSites extends TwoSites {
  /** Split, fenced, and not yet healed. */
  async fenceAfterSplit(): Promise<RunStatus> {
    this.world.cut();
    await this.alert('site-a');
    return this.untilFenced();
  }

  async askedAt(gate: Gate, condition = (_question: Question) => true): Promise<Question> {
    const { next } = await this.runUntil(
      `asks at ${gate}`,
      ({ next: one }) => one?.kind === 'ask' && one.gate === gate && condition(one),
    );
    return next as Question;
  }

  /** Approves what is asked at the gate, once it is. */
  async approveAt(gate: Gate): Promise<void> {
    const { plan } = await this.askedAt(gate);
    const { outcome, refusal } = await this.answer('approve', { gate, plan, reason: 'a test' });
    if (outcome !== 'taken') throw new Error(`${this.pair.name}: approving ${gate}: ${refusal?.message}`);
  }

  reached(phase: Phase): Promise<RunStatus> {
    return this.runUntil(phase, (status) => status.phase === phase);
  }

  blockedBy(type: string): Promise<RunStatus> {
    return this.runUntil(`blocked: ${type}`, ({ next }) => next?.kind === 'blocked' && next.type === type);
  }

  /** Both sites serve, and hold the same. */
  get areWhole(): boolean {
    const { world } = this;
    const equal = world.caches.every(
      (cache) =>
        JSON.stringify(sorted(world.entries('site-a', cache))) ===
        JSON.stringify(sorted(world.entries('site-b', cache))),
    );
    const attached = world.sites.every((site) =>
      Object.values(world.backups(site)).every((status) => status === 'online'),
    );
    return equal && attached && world.endpointSites().length === 2;
  }
}

function sorted(entries: Record<string, string>): [string, string][] {
  return Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1));
}
