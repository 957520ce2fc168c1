/**
 * Run in a process of its own: opens many sensors, reads each once a second, and prints one line of JSON with what that
 * took.
 *
 * Arguments: "app" (the app component) or "library" (a program over @busbar/host), the driver's and the app's component,
 * how many sensors.
 */
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { sensorsBoard } from "./sensors-board.js";
import { type SensorsResult, summarize } from "./sensors-result.js";

const [who, driver, app, count] = process.argv.slice(2);
const everyMs = 1000;
const rounds = 10;

const before = process.memoryUsage().rss;
await using board = await openBoard(sensorsBoard(driver!, app!, Number(count)), { simulate });
let began = process.cpuUsage();
let beganMs = performance.now();
/** The sensors are open, and the first second begins. */
const begin = () => {
  began = process.cpuUsage();
  beganMs = performance.now();
};
const deviations = who === "app" ? await asApp() : await asProgram();
const seconds = (performance.now() - beganMs) / 1000;
const { user, system } = process.cpuUsage(began);
const result: SensorsResult = {
  processorMsEachSecond: (user + system) / 1000 / seconds,
  memoryMiB: (process.memoryUsage().rss - before) / 1024 / 1024,
  ...summarize(deviations),
};
console.log(JSON.stringify(result));

async function asApp(): Promise<number[]> {
  let printed = "";
  await board.run("reader", {
    output: (bytes) => {
      if (printed === "") begin();
      printed += new TextDecoder().decode(bytes);
    },
  });
  return JSON.parse(printed.split("\n")[1]!) as number[];
}

async function asProgram(): Promise<number[]> {
  const names = board.devices.map(({ name }) => name);
  const sensors = await Promise.all(names.map((name) => board.sensor(name)));
  begin();
  const all = await Promise.all(
    sensors.map(async (sensor) => {
      const intervals: number[] = [];
      let last: number | undefined;
      for await (const _ of sensor.readings({ everyMs })) {
        const now = performance.now();
        if (last !== undefined) intervals.push(Math.abs(now - last - everyMs));
        last = now;
        if (intervals.length === rounds) break;
      }
      return intervals;
    }),
  );
  return all.flat();
}
