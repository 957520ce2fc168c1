/** The long run: `pnpm --filter @busbar/xbox-controller fuzz`; see tools/fuzz for its environment. */

import { longRun } from "@busbar/fuzz";
import { exercise, randomMessage } from "./fuzz-inputs.ts";

longRun({ input: randomMessage, exercise });
