import type { Random } from "./random.ts";

/** A copy with some bytes changed, removed, repeated or cut off. */
export function mutate(original: Iterable<number>, random: Random): Uint8Array {
  const mutated = [...original];
  for (let left = 1 + random(4); left > 0 && mutated.length > 0; left--) {
    const position = random(mutated.length);
    const how = random(6);
    if (how === 0) mutated[position] = random(256);
    else if (how === 1) mutated[position]! ^= 1 << random(8);
    else if (how === 2) mutated.splice(position, 1 + random(4));
    else if (how === 3) mutated.splice(position, 0, random(256));
    else if (how === 4) mutated.splice(position, 0, ...mutated.slice(position, position + 1 + random(12)));
    else mutated.length = random(8) === 0 ? position : mutated.length;
  }
  return Uint8Array.from(mutated);
}
