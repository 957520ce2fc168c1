import type { Clock } from "../clock.ts";
import type { DriverInstance } from "../instance/instance.ts";
import { requireDuration } from "./duration.ts";
import { type GuestDevice, OpenedDevice, type OpenedGuest, openGuest } from "./opened-device.ts";

/** What a channel measures; the unit follows: °C, Pa, %RH, m/s², rad/s, T, lx, m, V, A, W, ppm. */
export type Quantity =
  | "temperature"
  | "pressure"
  | "relative-humidity"
  | "acceleration"
  | "angular-velocity"
  | "magnetic-flux-density"
  | "illuminance"
  | "distance"
  | "voltage"
  | "current"
  | "power"
  | "gas-concentration";

/** The unit of each quantity, as people write it. */
export const units: Readonly<Record<Quantity, string>> = {
  temperature: "°C",
  pressure: "Pa",
  "relative-humidity": "%RH",
  acceleration: "m/s²",
  "angular-velocity": "rad/s",
  "magnetic-flux-density": "T",
  illuminance: "lx",
  distance: "m",
  voltage: "V",
  current: "A",
  power: "W",
  "gas-concentration": "ppm",
};

/** busbar:device/sensor `info`. */
export interface SensorInfo {
  readonly vendor: string;
  readonly model: string;
}

/** busbar:device/sensor `channel`; the numbers are in the quantity's unit. */
export interface Channel {
  readonly quantity: Quantity;
  /** Unique in a sensor; the key of its value in a reading. */
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly resolution: number;
}

/** One value for each channel, by the channel's label: `{ temperature: 21.4, humidity: 48.2 }`. */
export interface Reading {
  readonly [label: string]: number;
}

/** The guest's resource. */
interface GuestSensor extends GuestDevice {
  info(): Promise<SensorInfo>;
  channels(): Promise<Channel[]>;
  read(): Promise<Float64Array>;
}

/** An opened sensor. Closing it puts the part to sleep. */
export class Sensor extends OpenedDevice<GuestSensor> {
  readonly info: SensorInfo;
  /** The channels in the order of the driver. */
  readonly channels: readonly Channel[];
  protected override readonly noun = "sensor";
  readonly #clock: Clock;

  private constructor(
    opened: OpenedGuest<GuestSensor>,
    info: SensorInfo,
    channels: readonly Channel[],
    clock: Clock,
  ) {
    super(opened);
    this.info = info;
    this.channels = channels;
    this.#clock = clock;
  }

  /**
   * Opens the sensor of a running instance.
   *
   * @throws DeviceError
   */
  static async open(name: string, instance: DriverInstance, clock: Clock): Promise<Sensor> {
    const opened = await openGuest<GuestSensor>(name, instance);
    const info = await instance.call(() => opened.device.info());
    const channels = await instance.call(() => opened.device.channels());
    return new Sensor(opened, info, channels, clock);
  }

  /**
   * A fresh reading.
   *
   * @throws DeviceError; after `disconnected`, open the sensor again
   */
  async read(): Promise<Reading> {
    const values = await this.call((device) => device.read());
    const reading: Record<string, number> = {};
    for (let index = 0; index < this.channels.length; index += 1) {
      reading[this.channels[index]!.label] = values[index]!;
    }
    return reading;
  }

  /**
   * A reading now, and then one every `everyMs` milliseconds, at fixed times: a slow reading does not shift the next
   * ones, and one that takes longer than `everyMs` skips those it missed.
   *
   * @throws DeviceError, as `read` does; the signal's reason when it aborts
   */
  async *readings(options: { everyMs: number; signal?: AbortSignal }): AsyncGenerator<Reading, void, void> {
    const { everyMs, signal } = options;
    requireDuration(this.name, "time between two readings", everyMs);
    const firstMs = this.#clock.now();
    for (;;) {
      yield await this.read();
      const elapsed = this.#clock.now() - firstMs;
      await this.#clock.sleep(everyMs === 0 ? 0 : everyMs - (elapsed % everyMs), signal);
    }
  }
}
