import type { Assessing } from '../domain/assess';
import { digest } from '../runtime/digest';
import { now, observed, pair } from '../test/support/observations';
import { protecting, removed, split } from '../test/support/run-states';

/** A run in the middle of a fence: the endpoint was removed, and replication comes next. */
export function runInAFence(): Assessing {
  return { pair, state: removed(protecting()), observation: observed(split), now, digest };
}
