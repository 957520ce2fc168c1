/** The WIT exports of world `app`: reads the sensors "s0", "s1" and so on once a second. */

import { DriverError } from "@busbar/guest";
import { type AppSensor, defineApp, nowMs, openSensor, print, waitMs } from "@busbar/guest/app";

const everyMs = 1000;
const rounds = 10;

/** wasi:cli/run. Prints one line of JSON: by how many milliseconds each interval between two samples was off. */
export const run = defineApp(() => {
  const sensors = openAll();
  print("opened");
  const last: number[] = [];
  const deviations: number[] = [];
  const startMs = nowMs();
  for (let round = 0; round <= rounds; round += 1) {
    waitMs(startMs + round * everyMs - nowMs());
    for (let index = 0; index < sensors.length; index += 1) {
      const sampledMs = nowMs();
      sensors[index]!.read();
      const before = last[index];
      if (before !== undefined) deviations.push(Math.abs(sampledMs - before - everyMs));
      last[index] = sampledMs;
    }
  }
  print(JSON.stringify(deviations));
});

/** The board lets the app use as many sensors as are to be read. */
function openAll(): AppSensor[] {
  const sensors: AppSensor[] = [];
  for (;;) {
    try {
      sensors.push(openSensor(`s${sensors.length}`));
    } catch (error) {
      if (error instanceof DriverError && error.payload.tag === "access-denied") return sensors;
      throw error;
    }
  }
}
