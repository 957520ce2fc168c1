/// <reference types="node" />

/** The long run: `pnpm --filter @busbar/uvc fuzz`; see tools/fuzz for its environment. */

import { longRun, mutate, randomBytes } from "@busbar/fuzz";
import { corpus, exercise, randomPayloads } from "./fuzz-inputs.ts";

longRun({
  input: (random, run) => {
    const kind = run % 10;
    if (kind < 5) return mutate(corpus[random(corpus.length)]!, random);
    if (kind < 9) return randomPayloads(random);
    return randomBytes(random(64), random);
  },
  exercise,
});
