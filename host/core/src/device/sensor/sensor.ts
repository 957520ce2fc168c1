import type { Clock } from "../../clock.ts";
import { requireAnswer, shortName } from "../answer.ts";
import { requireDuration } from "../duration.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** What a channel measures; the unit follows: °C, Pa, %RH, m/s², rad/s, T, lx, m, V, A, W, ppm, °, m/s, µg/m³, 1/m³. */
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
  | "gas-concentration"
  | "angle"
  | "latitude"
  | "longitude"
  | "speed"
  | "mass-concentration"
  | "number-concentration";

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
  angle: "°",
  latitude: "°",
  longitude: "°",
  speed: "m/s",
  "mass-concentration": "µg/m³",
  "number-concentration": "1/m³",
};

/** busbar:device/sensor `info`. */
export interface SensorInfo {
  readonly vendor: string;
  readonly model: string;
}

/** busbar:device/sensor `channel`; the numbers are in the quantity's unit. */
export interface Channel {
  readonly quantity: Quantity;
  /** Unique in a sensor, 1 to 200 characters; the key of its value in a reading. */
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly resolution: number;
}

/** One value for each channel, by the channel's label: `{ temperature: 21.4, humidity: 48.2 }`. */
export interface Reading {
  readonly [label: string]: number;
}

/** The most channels of a sensor: a thermal camera of 32 x 32. */
const mostChannels = 1024;
const longestLabel = 200;

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
  readonly #onRead: (error?: unknown) => void;

  private constructor(
    opened: OpenedGuest<GuestSensor>,
    info: SensorInfo,
    channels: readonly Channel[],
    clock: Clock,
    onRead: (error?: unknown) => void,
  ) {
    super(opened);
    this.info = info;
    this.channels = channels;
    this.#clock = clock;
    this.#onRead = onRead;
  }

  /**
   * Opens the sensor of a running instance.
   *
   * @param onRead told of every reading: why it failed, nothing where it did not
   * @throws DeviceError
   */
  static async open(
    name: string,
    instance: DeviceLife,
    clock: Clock,
    onRead: (error?: unknown) => void = () => undefined,
  ): Promise<Sensor> {
    const opened = await openGuest<GuestSensor>(name, instance);
    const { device } = opened;
    const [info, channels] = await askOpened(opened, async () => {
      const { vendor, model } = await instance.call(() => device.info());
      const listed = await instance.call(() => device.channels());
      requireChannels(name, listed);
      return [{ vendor: shortName(vendor), model: shortName(model) }, listed] as const;
    });
    return new Sensor(opened, info, channels, clock, onRead);
  }

  /**
   * A fresh reading. What lies outside of what its channel can measure is a `protocol` error, whoever wrote the driver.
   *
   * @throws DeviceError; after `disconnected`, open the sensor again
   */
  async read(): Promise<Reading> {
    try {
      const reading = await this.#read();
      this.#onRead();
      return reading;
    } catch (error) {
      this.#onRead(error);
      throw error;
    }
  }

  async #read(): Promise<Reading> {
    const values = await this.call((device) => device.read());
    const { length } = this.channels;
    requireAnswer(this.name, values.length === length, () => {
      return `gives ${values.length} ${values.length === 1 ? "value" : "values"} for ${length} channels`;
    });
    const reading: Record<string, number> = {};
    for (let index = 0; index < length; index += 1) {
      const { label, minimum, maximum } = this.channels[index]!;
      const value = values[index]!;
      requireAnswer(this.name, value >= minimum && value <= maximum, () => {
        return `gives ${value} for the channel ${JSON.stringify(label)}, which reaches from ${minimum} to ${maximum}`;
      });
      if (label === "__proto__") own(reading, label, value);
      else reading[label] = value;
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

/** The one name that an assignment does not make a property of. */
function own(reading: Record<string, number>, label: string, value: number): void {
  Object.defineProperty(reading, label, { value, enumerable: true, configurable: true, writable: true });
}

/** @throws DeviceError `protocol` */
function requireChannels(name: string, channels: readonly Channel[]): void {
  requireAnswer(name, channels.length <= mostChannels, () => {
    return `lists ${channels.length} channels, and a sensor has ${mostChannels} at most`;
  });
  const labels = new Set<string>();
  for (const { label, minimum, maximum, resolution } of channels) {
    requireAnswer(name, label !== "" && label.length <= longestLabel, () => {
      return `lists a channel with a label of ${label.length} characters, and one has 1 to ${longestLabel}`;
    });
    const channel = () => `the channel ${JSON.stringify(label)}`;
    requireAnswer(name, !labels.has(label), () => `lists ${channel()} twice`);
    labels.add(label);
    const isRange = Number.isFinite(minimum) && Number.isFinite(maximum) && minimum <= maximum;
    requireAnswer(name, isRange, () => `says that ${channel()} reaches from ${minimum} to ${maximum}`);
    requireAnswer(name, Number.isFinite(resolution) && resolution >= 0, () => {
      return `says that ${channel()} has a resolution of ${resolution}`;
    });
  }
}
