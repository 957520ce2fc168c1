/** The long run: `pnpm --filter @busbar/playstation-controller fuzz`; see tools/fuzz for its environment. */

import { longRun } from "@busbar/fuzz";
import { exercise, randomReport } from "./fuzz-inputs.ts";

longRun({ input: randomReport, exercise });
