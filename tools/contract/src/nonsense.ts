/** What a broken wire sends. */

import { randomOf } from "./random.ts";
import type { Nonsense } from "./wiring.ts";

/** What a broken wire sends, by what it is called: one byte for ever, or random bytes of a seed. */
export const NONSENSE: readonly (readonly [string, readonly Nonsense[]])[] = [
  ["all 0x00", [{ byte: 0x00 }]],
  ["all 0xFF", [{ byte: 0xff }]],
  ["all 0x01", [{ byte: 0x01 }]],
  ["random bytes", Array.from({ length: 60 }, (_, index) => ({ seed: index + 1 }))],
];

/** The bytes, one after the other. */
export function nonsenseBytes(nonsense: Nonsense): () => number {
  if ("byte" in nonsense) return () => nonsense.byte;
  const random = randomOf(nonsense.seed);
  return () => random(256);
}
