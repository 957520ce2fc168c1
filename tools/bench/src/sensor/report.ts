/** One sensor's driver as a component, in both engines. */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildPackage, type Engine, engines } from "@busbar/build";
import Table from "cli-table3";
import { profiled } from "../profile.ts";
import { size } from "../size.ts";
import { calledCosts } from "./called.ts";
import {
  freshProcess,
  manyReadings,
  memoryForEach,
  readingCosts,
  transactionsOf,
  warmInstance,
} from "./costs.ts";

const folderOf = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
const driver = folderOf("@busbar/bme280");
const thirdParty = folderOf("@busbar/i2c-echo");

/** Prints the tables of both engines. */
export async function reportSensor(folder: string): Promise<void> {
  for (const engine of engines) await reportEngine(engine, folder);
}

/** Prints what one engine costs: a reading, a start, memory, size. */
async function reportEngine(engine: Engine, folder: string): Promise<void> {
  const { component } = await buildPackage(driver, { engine, outFolder: join(folder, engine) });
  const table = new Table({ head: [`BME280 as a component, ${engine}`, "", ""], style: { head: [] } });
  for (const mode of ["forced", "normal"] as const) {
    const { component: wasm, plain } = await readingCosts(component, mode);
    const added = wasm.wallUs - plain.wallUs;
    table.push(
      [
        `one reading, ${mode} mode`,
        `${us(wasm.wallUs)}, processor ${us(wasm.processorUs)}`,
        `plain JS ${us(plain.wallUs)}, ratio ${(wasm.wallUs / plain.wallUs).toFixed(1)}`,
      ],
      [
        "  added for each bus transaction",
        us(added / transactionsOf[mode]),
        `${transactionsOf[mode]} in a reading`,
      ],
    );
  }
  const built = await buildPackage(thirdParty, { engine, outFolder: join(folder, `${engine}-i2c-echo`) });
  const { component: called, plain: same } = await calledCosts(built.component);
  table.push([
    "get-temperature(connection: i2c), one transaction",
    `${us(called.wallUs)}, processor ${us(called.processorUs)}`,
    `plain JS ${us(same.wallUs)}, ratio ${(called.wallUs / same.wallUs).toFixed(1)}`,
  ]);
  const fresh = freshProcess(component, 15);
  table.push([
    "fresh process, end of Node's start to first reading",
    ms(fresh.total!),
    "aim (QuickJS): 25 ms",
  ]);
  for (const [step, time] of Object.entries(fresh)) {
    if (step !== "total") table.push([`  ${step}`, ms(time), ""]);
  }
  const warm = await warmInstance(component, 30);
  const warmTotal = Object.values(warm).reduce((sum, time) => sum + time, 0);
  table.push(["second instance in a warm process, to first reading", ms(warmTotal), "aim (QuickJS): 1.5 ms"]);
  for (const [step, time] of Object.entries(warm)) table.push([`  ${step}`, ms(time), ""]);
  table.push([
    "memory of each further instance",
    `${(await memoryForEach(component, 50)).toFixed(2)} MiB`,
    "aim (QuickJS): 1 MB",
  ]);
  const { raw, gzip } = size(component);
  table.push(["size of the component", `${raw.toFixed(2)} MiB`, `gzip ${gzip.toFixed(2)} MiB`]);
  console.log(table.toString());
  const share = await profiled(() => manyReadings(component, 20_000));
  console.log(`Where the time of readings in forced mode goes: ${share}.\n`);
}

function us(value: number): string {
  return `${value.toFixed(1)} us`;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
