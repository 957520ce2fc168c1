/** Cases of public bug reports, on the built component. */

import { join } from "node:path";
import { type DisplayFaultCase, displayFaults } from "@busbar/contract";
import { describe } from "vitest";
import { Ht16k33 } from "../src/model.ts";
import vectors from "./vectors/faults.json" with { type: "json" };

describe("a case of a bug report", () => {
  displayFaults(
    join(import.meta.dirname, "../dist/ht16k33.wasm"),
    vectors.cases as unknown as readonly DisplayFaultCase[],
    (clock) => new Ht16k33(clock),
  );
});
