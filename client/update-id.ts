import { canonicalJson } from '../domain/canonical-json';
import { digest } from '../runtime/digest';

/**
 * The id of an update: the same for the same message under the same id, so that Temporal takes it once; another one for
 * another message, so that this one reaches the run, which refuses it (`KeyReused`).
 */
export function updateIdOf(id: string, message: object): string {
  return `${id}/${digest(canonicalJson(message))}`;
}
