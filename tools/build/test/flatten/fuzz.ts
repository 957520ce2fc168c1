/** The long run; see tools/fuzz for its environment. */

import { longRun } from "@busbar/fuzz";
import { flattenTarget } from "./fuzz-inputs.ts";

longRun(await flattenTarget(), 1_000_000);
