/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { onSpi, sensorContract } from "@busbar/contract";
import { MCP3008, mcp3008Options } from "../src/mcp3008.ts";
import { Mcp3008 } from "../src/model.ts";

/** @param codes by input, at a reference of 4.096 V: 4 mV a step */
function specimen(codes: readonly number[], inputs: 4 | 8 = 8) {
  const volts = codes.map((code) => code * 0.004 + 0.001);
  return {
    reading: Object.fromEntries(
      Array.from({ length: inputs }, (_, input) => [`ch${input}`, (codes[input] ?? 0) * 0.004]),
    ),
    make: () => new Mcp3008({ inputs, referenceVolts: 4.096, volts: (input) => volts[input] ?? 0 }),
  };
}

const common = {
  definition: { options: mcp3008Options, driver: MCP3008 },
  component: join(import.meta.dirname, "../dist/mcp3008.wasm"),
  wiring: onSpi(),
  settings: { "reference-millivolts": 4096 },
  specimens: [specimen([0, 1, 2, 3, 1020, 1021, 1022, 1023]), specimen([512, 256, 128, 64, 32, 16, 8, 4])],
  badSettings: [
    { part: "MCP3208" },
    { mode: "pairs" },
    { "reference-millivolts": 249 },
    { "reference-millivolts": "3.3" },
  ],
  tolerances: Object.fromEntries(Array.from({ length: 8 }, (_, input) => [`ch${input}`, 1e-9])),
} as const;

sensorContract("MCP3008", common);
sensorContract("MCP3004", {
  ...common,
  settings: { "reference-millivolts": 4096, part: "MCP3004" },
  specimens: [specimen([1, 2, 3, 4], 4), specimen([1023, 0, 511, 512], 4)],
});
