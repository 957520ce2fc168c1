import type { Channel, Sensor, SensorInfo } from "../../device/sensor.ts";
import type { AppContext } from "../context.ts";
import { closeQuietly, opened } from "./opened.ts";

/** busbar:device/sensor for one app. */
export function appSensors(context: AppContext) {
  return {
    Device: SensorResource,
    open: async (name: string) =>
      new SensorResource(await opened(context, name, () => context.devices.sensor(name))),
  };
}

class SensorResource implements Disposable {
  readonly #sensor: Sensor;

  constructor(sensor: Sensor) {
    this.#sensor = sensor;
  }

  async info(): Promise<SensorInfo> {
    return this.#sensor.info;
  }

  async channels(): Promise<readonly Channel[]> {
    return this.#sensor.channels;
  }

  async read(): Promise<Float64Array> {
    const reading = await this.#sensor.read();
    return Float64Array.from(this.#sensor.channels, ({ label }) => reading[label]!);
  }

  close(): Promise<void> {
    return closeQuietly(this.#sensor);
  }

  [Symbol.dispose](): void {
    void closeQuietly(this.#sensor);
  }
}
