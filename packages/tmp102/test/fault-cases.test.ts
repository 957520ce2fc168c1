/** Cases of public bug reports, on the built component. */

import { join } from "node:path";
import { type SensorFaultCase, sensorFaults } from "@busbar/contract";
import { describe } from "vitest";
import model from "../src/model.ts";
import vectors from "./vectors/faults.json" with { type: "json" };

describe("a case of a bug report", () => {
  sensorFaults(
    join(import.meta.dirname, "../dist/tmp102.wasm"),
    vectors.cases as readonly SensorFaultCase[],
    ["tmp102", model],
  );
});
