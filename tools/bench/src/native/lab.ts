/** The hosts in Rust beside programs in C, on the kernel's own buses and devices in the virtual machine. */

import { join } from "node:path";
import { boot, I2C_MODULES, LabError, USB_MODULES } from "@busbar/lab";
import { buildWamr, compileWamr, flattenInto } from "../wamr/build.ts";
import { writeJson } from "./board.ts";
import { buildNative, compileDrivers, driverOf } from "./build.ts";
import { compileC, NoCCompiler } from "./c-programs.ts";

/** Those of I2C, which both hosts in Rust are measured with. */
const driversOnWamr = ["bme280", "hts221", "ht16k33"];
const drivers = [...driversOnWamr, "mass-storage", "usb-echo"];

/**
 * Prints the tables, or why there are none: the virtual machine needs packages and root.
 *
 * @param folder for what is made on the way; the machine sees it
 */
export async function reportLab(folder: string): Promise<void> {
  try {
    for (const name of ["bme280", "hts221", "ht16k33", "usb"] as const) compileC(name, folder);
    buildNative();
    const devices = Object.fromEntries(drivers.map((name) => [name, { driver: driverOf(name) }]));
    const board = writeJson(folder, "drivers.json", { devices });
    // For any processor of this kind: the machine emulates another one.
    const processor = process.arch === "arm64" ? "aarch64" : "x86_64";
    const cache = join(folder, "cache");
    compileDrivers(
      board,
      { ...process.env, XDG_CACHE_HOME: cache },
      "--target",
      `${processor}-unknown-linux-gnu`,
    );
    const compiles = buildWamr();
    const onWamr = Object.fromEntries(driversOnWamr.map((name) => [name, { driver: driverOf(name) }]));
    for (const name of driversOnWamr) flattenInto(cache, driverOf(name));
    if (compiles) {
      compileWamr(writeJson(folder, "drivers-on-wamr.json", { devices: onWamr }), {
        ...process.env,
        XDG_CACHE_HOME: cache,
      });
    }
    const { exitCode, accelerator } = await boot({
      command: [process.execPath, join(import.meta.dirname, "lab-process.js"), folder],
      environment: { XDG_CACHE_HOME: cache },
      modules: [...I2C_MODULES, ...USB_MODULES],
      timeoutMs: 10 * 60_000,
      onOutput: (chunk) => process.stdout.write(chunk),
      note: (text) => console.error(text),
    });
    if (exitCode !== 0)
      console.log(`The measurement in the virtual machine failed with exit code ${exitCode}.`);
    if (accelerator === "tcg") {
      console.log(
        "The machine's processor is emulated, and computes 30 to 50 times slower than a real one: a driver's own work weighs so " +
          "much more here, and these ratios are no real machine's.",
      );
    }
  } catch (error) {
    if (!(error instanceof LabError || error instanceof NoCCompiler)) throw error;
    console.log(`Nothing was measured in the virtual machine: ${error.message}`);
  }
}
