const maxDistance = 3;
const maxOffered = 3;

/** Insertions, deletions, replacements and swaps of neighbours between two words; beyond `limit` any larger number. */
export function distance(a: string, b: string, limit = maxDistance): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** Words that may have been meant, the nearest first: near in spelling, or beginning alike. */
export function nearMatches(word: string, known: Iterable<string>): string[] {
  const wanted = word.toLowerCase();
  const limit = Math.min(maxDistance, Math.max(1, Math.floor(wanted.length / 3)));
  return [...new Set(known)]
    .map((one) => ({ one, far: one.startsWith(wanted) && wanted.length > 2 ? 0.5 : distance(wanted, one.toLowerCase(), limit) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || a.one.localeCompare(b.one))
    .slice(0, maxOffered)
    .map(({ one }) => one);
}

/** `Did you mean "vm" or "vnic-profile"?`; undefined when nothing is near. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const found = nearMatches(word, known).map((one) => `"${one}"`);
  return found.length === 0 ? undefined : `Did you mean ${found.join(' or ')}?`;
}
