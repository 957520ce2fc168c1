/// <reference types="node" />

/** The long run: `pnpm --filter @busbar/cdc-acm fuzz`; see tools/fuzz for its environment. */

import { longRun, mutate, randomBytes } from "@busbar/fuzz";
import { exercise, randomPorts } from "./fuzz-inputs.ts";
import { corpus } from "./support.ts";

longRun({
  input: (random, run) => {
    const kind = run % 10;
    if (kind < 6) return randomPorts(random);
    if (kind < 9) return mutate(corpus[random(corpus.length)]!, random);
    return randomBytes(random(64), random);
  },
  exercise,
});
