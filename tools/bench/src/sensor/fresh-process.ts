/**
 * Run in a process of its own: everything from the end of Node's own start to the first reading, as a program on a
 * device does it. Prints one line of JSON with the milliseconds of each step.
 *
 * Arguments: the component's file.
 */
import { enableCompileCache } from "node:module";

// What the busbar command does first: V8's code for the host and for the component's glue is kept between runs.
enableCompileCache();
const bootMs = performance.nodeTiming.bootstrapComplete;
const startMs = performance.now();
const [{ openBoard }, { simulate }, { SkippingClock, sensorBoard }] = await Promise.all([
  import("@busbar/host-node"),
  import("@busbar/sim"),
  import("./board.js"),
]);
const importedMs = performance.now();
const board = await openBoard(sensorBoard(process.argv[2]!, "forced"), {
  simulate,
  clock: new SkippingClock(),
});
const openedMs = performance.now();
const sensor = await board.sensor("indoor");
const sensorMs = performance.now();
const reading = await sensor.read();
const readMs = performance.now();
if (Math.abs(reading.temperature! - 25.08) > 0.005) throw new Error(`wrong reading ${reading.temperature}`);
console.log(
  JSON.stringify({
    "load this script": startMs - bootMs,
    "import host and simulator": importedMs - startMs,
    "board, component, link": openedMs - importedMs,
    "compile, instantiate, open the sensor": sensorMs - openedMs,
    "first reading": readMs - sensorMs,
    total: readMs - bootMs,
  }),
);
