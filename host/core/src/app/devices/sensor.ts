import type { Channel, Sensor, SensorInfo } from "../../device/sensor.ts";
import type { AppContext } from "../context.ts";
import { AppDevice } from "./app-device.ts";
import { closeQuietly, opened } from "./opened.ts";

/** busbar:device/sensor for one app. */
export function appSensors(context: AppContext) {
  return {
    Device: SensorResource,
    open: async (name: string) =>
      new SensorResource(context, await opened(context, name, () => context.devices.sensor(name))),
  };
}

class SensorResource extends AppDevice<Sensor> {
  async info(): Promise<SensorInfo> {
    return this.device.info;
  }

  async channels(): Promise<readonly Channel[]> {
    return this.device.channels;
  }

  async read(): Promise<Float64Array> {
    const reading = await this.device.read();
    return Float64Array.from(this.device.channels, ({ label }) => reading[label]!);
  }

  close(): Promise<void> {
    return closeQuietly(this.device);
  }
}
