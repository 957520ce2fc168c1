import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { SensorResource } from "./app.ts";
import { Sensor } from "./sensor.ts";

export type { Sensor };

/** Sensors: temperatures, pressures, whatever a channel can measure. `board.sensor(name)`. */
export const sensor: DeviceModule<Sensor, "sensor"> = {
  kind: "sensor",
  path: "busbar:device/sensor",
  version: "0.1.0",
  async open({ name, clock, start, noteRead }) {
    try {
      return await Sensor.open(name, await start(), clock, noteRead);
    } catch (error) {
      noteRead(error);
      throw error;
    }
  },
  app: appInterface(SensorResource),
};
