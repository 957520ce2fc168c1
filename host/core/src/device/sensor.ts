import type { Clock } from "../clock.ts";
import type { DriverInstance } from "../instance/instance.ts";
import { DeviceError } from "./error.ts";

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

/** The guest's resource, as jco's output has it. */
interface GuestDevice {
  info(): Promise<SensorInfo>;
  channels(): Promise<Channel[]>;
  read(): Promise<Float64Array>;
  close(): Promise<void>;
}

/** An opened sensor. Closing it puts the part to sleep. */
export class Sensor implements AsyncDisposable {
  /** The device's name in the board file. */
  readonly name: string;
  readonly info: SensorInfo;
  /** The channels in the order of the driver. */
  readonly channels: readonly Channel[];
  readonly #clock: Clock;
  readonly #device: GuestDevice;
  readonly #instance: DriverInstance;
  #closed = false;

  private constructor(
    name: string,
    info: SensorInfo,
    channels: readonly Channel[],
    device: GuestDevice,
    instance: DriverInstance,
    clock: Clock,
  ) {
    this.name = name;
    this.info = info;
    this.channels = channels;
    this.#device = device;
    this.#instance = instance;
    this.#clock = clock;
  }

  /**
   * Opens the sensor of a running instance.
   *
   * @throws DeviceError
   */
  static async open(name: string, instance: DriverInstance, clock: Clock): Promise<Sensor> {
    const device = await instance.call((exports) =>
      (exports.open as (name: string) => Promise<GuestDevice>)(name),
    );
    const info = await instance.call(() => device.info());
    const channels = await instance.call(() => device.channels());
    return new Sensor(name, info, channels, device, instance, clock);
  }

  /**
   * A fresh reading.
   *
   * @throws DeviceError; after `disconnected`, open the sensor again
   */
  async read(): Promise<Reading> {
    if (this.#closed) {
      throw new DeviceError(this.name, { tag: "disconnected", val: "the sensor was closed; open it again" });
    }
    const values = await this.#instance.call(() => this.#device.read());
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
    const firstMs = this.#clock.now();
    for (;;) {
      yield await this.read();
      const elapsed = this.#clock.now() - firstMs;
      await this.#clock.sleep(everyMs - (elapsed % everyMs), signal);
    }
  }

  /**
   * Puts the part to sleep and releases it. Closing twice is legal.
   *
   * @throws DeviceError when the driver fails in it
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#instance.alive) await this.#instance.call(() => this.#device.close());
    await this.#instance.drop(this.#device);
  }
}
