/** Apps: one component of all parts beside the linked form, and many sensors read once a second. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildPackage, composeComponents } from "@busbar/build";
import Table from "cli-table3";
import { mediansInTurns } from "../measure.ts";
import { size } from "../size.ts";
import type { SensorsResult } from "./sensors-result.ts";

const require = createRequire(import.meta.url);

/** The component of a package of this workspace, as its build left it. */
function componentOf(name: string): string {
  const path = require.resolve(`@busbar/${name}/package.json`);
  const { busbar } = JSON.parse(readFileSync(path, "utf8")) as { busbar: { component: string } };
  return join(dirname(path), busbar.component);
}

/** Runs a script of this folder in a process of its own. */
function run(script: string, ...parameters: string[]): string {
  return execFileSync(process.execPath, [join(import.meta.dirname, script), ...parameters]).toString();
}

/** Prints the sizes and start times of the weather station in both forms, measured in turns. */
export async function reportComposing(folder: string, runs: number): Promise<void> {
  const [station, sensor, display] = ["weather-station", "bme280", "hd44780"].map(componentOf);
  const read = async (path: string) => ({ name: path, bytes: await readFile(path) });
  const composed = await composeComponents(await read(station!), [await read(sensor!), await read(display!)]);
  const path = join(folder, "composed.wasm");
  await writeFile(path, composed);
  const ways = {
    linked: ["linked", station!, sensor!, display!],
    composed: ["composed", path],
  };
  const times = await mediansInTurns(["linked", "composed"], runs, (way) =>
    Number(run("composed-process.js", ...ways[way])),
  );
  const linkedSizes = [station!, sensor!, display!].map(size);
  const sum = (key: "raw" | "gzip") => linkedSizes.reduce((total, each) => total + each[key], 0);
  const whole = size(path);
  const table = new Table({
    head: ["weather station", "size", "gzip", "to its first line"],
    style: { head: [] },
  });
  table.push(
    ["linked", mib(sum("raw")), mib(sum("gzip")), `${times.linked.toFixed(1)} ms`],
    ["composed", mib(whole.raw), mib(whole.gzip), `${times.composed.toFixed(1)} ms`],
  );
  console.log(table.toString());
}

/** Prints what reading many sensors once a second takes, by an app component and by a program. */
export async function reportManySensors(folder: string): Promise<void> {
  const appFolder = join(import.meta.dirname, "../../app");
  const { component: app } = await buildPackage(appFolder, { outFolder: join(folder, "bench-app") });
  const driver = componentOf("bme280");
  const table = new Table({
    head: ["BME280s, once a second", "processor", "memory", "jitter: median, 99 of 100, worst"],
    style: { head: [] },
  });
  for (const who of ["app", "library"] as const) {
    for (const count of [1, 10, 100, 1000]) {
      const result = JSON.parse(run("sensors-process.js", who, driver, app, String(count))) as SensorsResult;
      const { processorMsEachSecond, memoryMiB, jitterMs } = result;
      table.push([
        `${count} by ${who === "app" ? "an app component" : "a program over the library"}`,
        `${processorMsEachSecond.toFixed(1)} ms a second`,
        `${memoryMiB.toFixed(0)} MiB`,
        [jitterMs.median, jitterMs.most, jitterMs.worst].map((ms) => `${ms.toFixed(2)} ms`).join(", "),
      ]);
    }
  }
  console.log(table.toString());
}

function mib(value: number): string {
  return `${value.toFixed(2)} MiB`;
}
