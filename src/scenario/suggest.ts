/**
 * The candidate that was probably meant: spelled alike, or containing what was typed; undefined when
 * nothing is near. Case, hyphens and underscores do not count.
 */
export function nearest(typed: string, candidates: Iterable<string>): string | undefined {
  const wanted = normalize(typed.slice(0, 200));
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, normalize(candidate), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** `did you mean "x"?`, or undefined. */
export function didYouMean(typed: string, candidates: Iterable<string>): string | undefined {
  const match = nearest(typed, candidates);
  return match === undefined ? undefined : `did you mean "${match}"?`;
}

function normalize(text: string): string {
  return text.toLowerCase().replaceAll('-', '').replaceAll('_', '');
}

/** Damerau-Levenshtein distance (adjacent letters swapped count once); `limit` when it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = previous[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1);
      let distance = Math.min(substitution, previous[column] + 1, current[column - 1] + 1);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) distance = Math.min(distance, beforePrevious[column - 2] + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(previous[b.length], limit);
}
