import { nearest } from '../../config/nearest';

/** A sentence to append to "there is no ...", with a blank before it; empty when nothing known is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? '' : ` Did you mean ${near}?`;
}
