/** More letters than this apart is another word. */
const farthest = 3;

/** What somebody may have meant: the known word that fewest letters tell from a misspelt one. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((each) => ({ each, apart: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, apart }) => apart <= Math.min(farthest, Math.ceil(each.length / 3)))
    .sort((one, other) => one.apart - other.apart);
  return best?.each;
}

/** Levenshtein's: how many letters are put in, left out or exchanged. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 0; at < one.length; at += 1) {
    const next = [at + 1];
    for (let index = 0; index < other.length; index += 1) {
      const exchanged = row[index]! + (one[at] === other[index] ? 0 : 1);
      next.push(Math.min(exchanged, row[index + 1]! + 1, next[index]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
