import { afterAttempt, untried, type Attempted, type CheckMemory, type HeuristicState } from '../../domain/heuristics';
import type { Reading } from '../../domain/observation';
import type { HeuristicsGateway } from '../../gateways/ports';

/** The checks of a site whose attempts are made when a test says so, and come to what it says. */
export class FakeHeuristics implements HeuristicsGateway {
  private readonly memories = new Map<string, CheckMemory>();

  /** @param tko of each check. */
  constructor(
    private readonly checks: Readonly<Record<string, number>>,
    private readonly clock: () => number = Date.now,
  ) {}

  attempt(name: string, attempted: Attempted): void {
    const memory = this.memories.get(name) ?? untried;
    this.memories.set(name, afterAttempt(memory, attempted, this.checks[name] ?? 1));
  }

  read(): Promise<Readonly<Record<string, Reading<HeuristicState>>>> {
    const at = this.clock();
    const reading = (name: string): Reading<HeuristicState> => {
      const state = this.memories.get(name)?.state;
      return state === undefined ? { unknown: 'HeuristicUnknown', at } : { value: state, at };
    };
    return Promise.resolve(Object.fromEntries(Object.keys(this.checks).map((name) => [name, reading(name)])));
  }
}
