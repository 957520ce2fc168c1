/**
 * Run in a process of its own: from the end of Node's own start to the first line that the weather station prints.
 * Prints the milliseconds.
 *
 * Arguments: "linked" and the components of the station, the sensor and the display; or "composed" and the one component.
 */
import { enableCompileCache } from "node:module";

enableCompileCache();
const [{ openBoard }, { simulate }] = await Promise.all([import("@busbar/host-node"), import("@busbar/sim")]);
const [form, station, sensor, display] = process.argv.slice(2);
const indoor = { i2c: { bus: "sim", address: "0x76" } };
const panel = { i2c: { bus: "sim", address: "0x27" } };
const linked = form === "linked";
const board = await openBoard(
  {
    devices: linked
      ? { indoor: { ...indoor, driver: sensor! }, panel: { ...panel, driver: display! } }
      : { indoor, panel },
    simulate: [
      { ...{ i2c: "sim", address: "0x76" }, model: "bme280" },
      { ...{ i2c: "sim", address: "0x27" }, model: "hd44780" },
    ],
    apps: { station: { component: station!, uses: ["indoor", "panel"] } },
  },
  { simulate },
);
const end = new AbortController();
await board
  .run("station", {
    output: () => {
      if (end.signal.aborted) return;
      console.log(performance.now() - performance.nodeTiming.bootstrapComplete);
      end.abort();
    },
    signal: end.signal,
  })
  .catch((error: unknown) => {
    if (!end.signal.aborted) throw error;
  });
await board[Symbol.asyncDispose]();
