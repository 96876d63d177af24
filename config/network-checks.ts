import type { CrossFault } from './cross-checks';
import { isText, list, type Loose } from './loose';
import type { Path } from './read-yaml';

/** Whether something is named that can be asked. */
export function hasTargets(network: Loose): boolean {
  return list(network.addresses).length > 0 || list(network.urls).length > 0;
}

const places: readonly string[] = ['{address}', '{timeoutSeconds}', '{nic}'];

/** A command that names no address would tell of nothing; one with a place that nobody fills in would tell of something else. */
export function pingFaults({ ping, ping6 }: Loose, path: Path): CrossFault[] {
  return Object.entries({ ping, ping6 }).flatMap(([key, words]) => {
    if (!Array.isArray(words)) return [];
    const named = words.filter(isText).flatMap((word) => word.match(/\{\w*\}/g) ?? []);
    const at = [...path, key];
    if (!named.includes('{address}')) {
      const instead = `Write "{address}" where the address belongs, as in ${key}: [ping, -c, "1", "{address}"].`;
      return [{ path: at, what: 'this asks no address', instead }];
    }
    return named
      .filter((place) => !places.includes(place))
      .map((place) => ({
        path: at,
        what: `nothing stands for ${place}`,
        instead: `Known here: ${places.join(', ')}.`,
      }));
  });
}
