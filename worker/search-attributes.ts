import type { NativeConnection } from '@temporalio/worker';
import { searchAttributeNames } from '../workflows/contract/search-attributes';

/** How long an answer is used: a run started after `sitewarden setup` finds the attributes at the latest then. */
const rememberedMs = 60_000;
const withinMs = 1_000;

/**
 * Which of our search attributes the server knows. Anything that goes wrong reads as none: a fence must not wait for
 * visibility, and an unknown attribute would park the run.
 */
export function registeredSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): () => Promise<readonly string[]> {
  let remembered: { names: readonly string[]; until: number } | undefined;
  return async () => {
    if (remembered && performance.now() < remembered.until) return remembered.names;
    const names = await connection
      .withDeadline(Date.now() + withinMs, () => connection.operatorService.listSearchAttributes({ namespace }))
      .then(({ customAttributes }) => searchAttributeNames.filter((name) => name in customAttributes))
      .catch(() => []);
    remembered = { names, until: performance.now() + rememberedMs };
    return names;
  };
}
