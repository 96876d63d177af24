import { heeded } from './heed';
import type { Known } from './state';

/** After a new split inside the soak was fenced, the run takes no step towards online before a person releases it. */
export function isHeldByItself(known: Pick<Known, 'refenced' | 'heeded'>): boolean {
  return known.refenced !== undefined && heeded(known, 'release') === undefined;
}
