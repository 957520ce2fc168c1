/** What every switch must do: @busbar/contract. */

import { join } from "node:path";
import { switchContract } from "@busbar/contract";

const component = join(import.meta.dirname, "../dist/relay.wasm");
const badSettings = [{ inverted: true }];

switchContract("relay", {
  component,
  lines: { relay: { line: 22, direction: "out" } },
  isOn: (chip) => chip.level(22) === "high",
  badSettings,
});

switchContract("relay that is on at low", {
  component,
  lines: { relay: { line: 22, direction: "out", activeLevel: "active-low" } },
  // A line that nobody drives is low in the simulator, and such a module has a resistor against that.
  isOn: (chip) => chip.isDriven(22) && chip.level(22) === "low",
  badSettings,
});
