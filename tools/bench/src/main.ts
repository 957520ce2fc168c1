/** `pnpm bench`: measures components beside plain JavaScript in one run, and prints medians and ratios. */

import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { reportComposing, reportManySensors } from "./apps/report.ts";
import { reportSensor } from "./sensor/report.ts";
import { reportGadgets } from "./usb/gadget.ts";
import { reportModels } from "./usb/models.ts";

const folder = mkdtempSync(join(tmpdir(), "busbar-bench-"));

/** What can be measured: all of it, or what the command line names. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  sensor: () => reportSensor(folder),
  usb: () => reportModels(),
  composing: () => reportComposing(folder, 9),
  apps: () => reportManySensors(folder),
  gadgets: () => reportGadgets(),
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
const unknown = chosen.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(
    `There is nothing called "${unknown}" to measure; choose among ${Object.keys(parts).join(", ")}.`,
  );
  process.exit(2);
}
console.log(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
);
console.log(
  "Medians. Wall times on a machine that does other things are upper bounds; processor times are not.\n",
);
try {
  for (const name of chosen) await parts[name]!();
} finally {
  rmSync(folder, { recursive: true });
}
