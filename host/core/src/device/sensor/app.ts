import { AppDevice } from "../app-device.ts";
import type { Channel, Sensor, SensorInfo } from "./sensor.ts";

/** What an app has of one: the resource of busbar:device/sensor. */
export class SensorResource extends AppDevice<Sensor> {
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
    return this.closeQuietly();
  }
}
