/// <reference types="node" />

/** The long run: `pnpm --filter @busbar/hid fuzz`; see tools/fuzz for its environment. */

import { readFileSync } from "node:fs";
import { longRun, mutate, randomBytes } from "@busbar/fuzz";
import { exercise, randomItems } from "./fuzz-inputs.ts";

const vectors = JSON.parse(
  readFileSync(new URL("vectors/hid_report_descriptors.json", import.meta.url), "utf8"),
) as { cases: { descriptor_hex: string }[] };
const corpus = vectors.cases
  .map(({ descriptor_hex }) => Buffer.from(descriptor_hex, "hex"))
  .filter(({ length }) => length < 250);

longRun({
  input: (random, run) => {
    const kind = run % 10;
    if (kind < 7) return Uint8Array.from(randomItems(random));
    if (kind < 9) return mutate(corpus[random(corpus.length)]!, random);
    return randomBytes(random(64), random);
  },
  exercise,
});
