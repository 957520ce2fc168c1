import { execFileSync } from "node:child_process";
import { join } from "node:path";
import bme280 from "@busbar/bme280/model";
import type { Sensor } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { alternate, type Cost, median } from "../measure.ts";
import { SkippingClock, sensorBoard } from "./board.ts";
import { plainDriver } from "./plain.ts";

/** How many bus transactions one reading takes: start, status, result; in normal mode the result alone. */
export const transactionsOf = { forced: 3, normal: 1 } as const;

/** One reading by the component and by the plain driver, on the same kind of bus, the waiting taken out. */
export async function readingCosts(
  component: string,
  mode: "forced" | "normal",
): Promise<Record<"component" | "plain", Cost>> {
  const clock = new SkippingClock();
  const file = sensorBoard(component, mode);
  await using board = await openBoard(file, { simulate, clock });
  const sensor = await board.sensor("indoor");
  const plainClock = new SkippingClock();
  const entries = board.board.simulate;
  const simulated = simulate(entries, plainClock, new Map([["bme280", bme280]]));
  const plain = plainDriver(simulated.openI2c("sim")!, plainClock, mode);
  return await alternate({ component: () => sensor.read(), plain: () => plain.read() }, 30, 500);
}

/** Milliseconds of the steps from the end of Node's own start to the first reading, medians over fresh processes. */
export function freshProcess(component: string, runs: number): Record<string, number> {
  const samples = Array.from({ length: runs + 1 }, () => {
    const output = execFileSync(process.execPath, [join(import.meta.dirname, "fresh-process.js"), component]);
    return JSON.parse(output.toString()) as Record<string, number>;
  }).slice(1);
  return Object.fromEntries(
    Object.keys(samples[0]!).map((step) => [step, median(samples.map((sample) => sample[step]!))]),
  );
}

/** Milliseconds from a running process with one instance to the first reading of another, medians. */
export async function warmInstance(component: string, runs: number): Promise<Record<string, number>> {
  const opens: number[] = [];
  const readings: number[] = [];
  for (let run = -3; run < runs; run += 1) {
    await using board = await openBoard(sensorBoard(component, "forced"), {
      simulate,
      clock: new SkippingClock(),
    });
    const start = performance.now();
    const sensor = await board.sensor("indoor");
    const opened = performance.now();
    await sensor.read();
    const read = performance.now();
    if (run < 0) continue;
    opens.push(opened - start);
    readings.push(read - opened);
  }
  return { "instantiate and open the sensor": median(opens), "first reading": median(readings) };
}

/** MiB of resident memory that each further instance takes, after one reading. */
export async function memoryForEach(component: string, instances: number): Promise<number> {
  const open = async (): Promise<Sensor> => {
    const board = await openBoard(sensorBoard(component, "forced"), {
      simulate,
      clock: new SkippingClock(),
    });
    const sensor = await board.sensor("indoor");
    await sensor.read();
    return sensor;
  };
  const kept = [await open()];
  const resident = () => {
    globalThis.gc?.();
    return process.memoryUsage().rss;
  };
  const before = resident();
  for (let count = 0; count < instances; count += 1) kept.push(await open());
  const each = (resident() - before) / instances / 1024 / 1024;
  // Only now may the instances go.
  kept.length = 0;
  return each;
}

/** Reads a sensor in forced mode many times, the waiting taken out. */
export async function manyReadings(component: string, count: number): Promise<void> {
  await using board = await openBoard(sensorBoard(component, "forced"), {
    simulate,
    clock: new SkippingClock(),
  });
  const sensor = await board.sensor("indoor");
  for (let reading = 0; reading < count; reading += 1) await sensor.read();
}
