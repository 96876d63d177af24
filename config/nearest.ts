/** As many letters as a beginning has to have to tell of a word. */
const shortestBeginning = 3;

/**
 * The known word that a mistyped one most likely stands for; `undefined` when none is near, or two are as near: of the sites of
 * a pair neither is suggested by chance. The beginning of one known word alone stands for that word.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const begun = known.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));
  if (word.length >= shortestBeginning && begun.length === 1) return begun[0];
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  const [best, second] = ranked;
  if (best && best.distance === second?.distance) return undefined;
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein: insertions, deletions and replacements needed to make `left` into `right`. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
