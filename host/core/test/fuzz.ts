/** The long run: `pnpm --filter @busbar/host fuzz`; see tools/fuzz for its environment. */

import { longRun } from "@busbar/fuzz";
import { exercise, randomDescriptors } from "./fuzz-inputs.ts";

longRun({ input: randomDescriptors, exercise });
