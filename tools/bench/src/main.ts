/**
 * `pnpm bench`: measures components beside plain JavaScript in one run, and prints medians and ratios. With
 * `--against COMMIT` it measures this checkout beside another one; `usb --native` measures the USB of the host on Wasmtime
 * instead of Node's.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reportAgainst } from "./against/report.ts";
import { reportComposing, reportManySensors } from "./apps/report.ts";
import { reportLab } from "./native/lab.ts";
import { reportWasmtime } from "./native/report.ts";
import { reportSensor } from "./sensor/report.ts";
import { reportGadgets } from "./usb/gadget.ts";
import { reportModels } from "./usb/models.ts";
import { reportNativeUsb } from "./usb/native.ts";
import { reportWamr } from "./wamr/report.ts";

const folder = mkdtempSync(join(tmpdir(), "busbar-bench-"));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { against: { type: "string" }, native: { type: "boolean", default: false } },
});

/** What is measured where the command line names nothing. The hosts in Rust are not: they need cargo, and build for minutes. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  sensor: () => reportSensor(folder),
  usb: () => (values.native ? reportNativeUsb(folder) : reportModels()),
  composing: () => reportComposing(folder, 9),
  apps: () => reportManySensors(folder),
  gadgets: () => reportGadgets(),
};

const byName = {
  ...parts,
  wasmtime: () => reportWasmtime(folder),
  wamr: () => reportWamr(folder),
  lab: () => reportLab(folder),
};
const chosen = positionals.length > 0 ? positionals : values.against === undefined ? Object.keys(parts) : [];
const unknown = chosen.find((name) => !Object.hasOwn(byName, name));
if (unknown !== undefined) {
  console.error(
    `There is nothing called "${unknown}" to measure; choose among ${Object.keys(byName).join(", ")}.`,
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
  if (values.against !== undefined) await reportAgainst(values.against, folder);
  for (const name of chosen) await byName[name as keyof typeof byName]!();
} finally {
  rmSync(folder, { recursive: true });
}
