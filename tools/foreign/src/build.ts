/** Builds all programs; what is there is built again only as far as their own tools find something to do. */

import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { command } from "./command.ts";
import { makeComponent, writeBindings } from "./component-tools.ts";
import { cache, componentOf, programs } from "./places.ts";
import { buildRust } from "./rust.ts";
import { gatherWit } from "./wit.ts";
import { runZig } from "./zig.ts";

mkdirSync(dirname(componentOf("")), { recursive: true });
usbInRust();
sensorInC();
folderInGo();

function usbInRust(): void {
  const work = join(cache, "usb-rust");
  cpSync(join(programs, "usb-rust"), work, { recursive: true });
  gatherWit("usb-rust", join(work, "wit"));
  makeComponent("command", buildRust(work, "usb"), componentOf("usb-rust"));
}

function sensorInC(): void {
  const work = join(cache, "sensor-c");
  cpSync(join(programs, "sensor-c"), work, { recursive: true });
  gatherWit("sensor-c", join(work, "wit"));
  writeBindings(join(work, "wit"), join(work, "bindings"));
  const sources = ["tmp102.c", "bindings/driver.c", "bindings/driver_component_type.o"];
  const options = ["-target", "wasm32-wasi", "-mexec-model=reactor", "-Os", "-I", "bindings"];
  runZig(["cc", ...options, ...sources, "-o", "tmp102.wasm"], work);
  makeComponent("reactor", join(work, "tmp102.wasm"), componentOf("sensor-c"));
}

function folderInGo(): void {
  const module = join(cache, "folder-go.core.wasm");
  const env = { GOOS: "wasip1", GOARCH: "wasm" };
  command("go", ["build", "-o", module, "."], { cwd: join(programs, "folder-go"), env });
  makeComponent("command", module, componentOf("folder-go"));
}
