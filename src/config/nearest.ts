/** The word that was probably meant: the nearest known one within so many edits, or null. */
export function nearest(word: string, known: readonly string[], mostEdits = 2): string | null {
  const distances = known.map((candidate) => ({
    candidate,
    edits: editDistance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = distances.sort((a, b) => a.edits - b.edits)[0];
  return best !== undefined && best.edits <= mostEdits ? best.candidate : null;
}

/** Levenshtein's distance; words are cut to 64 characters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a.slice(0, 64)].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b.slice(0, 64)].entries()) {
      next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
