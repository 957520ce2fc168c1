/** What every contact must do: @busbar/contract. */

import { join } from "node:path";
import { contactContract } from "@busbar/contract";

const component = join(import.meta.dirname, "../dist/button.wasm");
const badSettings = [{ inverted: true }];

contactContract("button to ground", {
  component,
  lines: { button: { line: 17, direction: "in", activeLevel: "active-low", pull: "up" } },
  press: (chip, closed) => chip.drive(17, closed ? "low" : undefined),
  badSettings,
});

contactContract("button to supply", {
  component,
  lines: { button: { line: 17, direction: "in", pull: "down" } },
  press: (chip, closed) => chip.drive(17, closed ? "high" : undefined),
  badSettings,
});
