/** Sensors, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { type Device, open } from "busbar:device/sensor@0.1.0";
import type { Channel, Info } from "../wit.ts";
import { called } from "./called.ts";

/** A sensor, whichever chip it is. */
export interface AppSensor {
  /** Which part it is. */
  readonly info: Info;
  /** What it measures; each has a value in every reading. */
  readonly channels: readonly Channel[];
  /**
   * A fresh reading: values by their channels' labels.
   *
   * @throws DriverError; after `disconnected`, open the sensor again
   */
  read(): Readonly<Record<string, number>>;
  /** Releases it. */
  close(): void;
}

/**
 * Opens the sensor that the board wires to `name`.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openSensor(name: string): AppSensor {
  const device: Device = called(() => open(name));
  const channels = device.channels();
  return {
    info: device.info(),
    channels,
    read() {
      const values = called(() => device.read());
      return Object.fromEntries(channels.map(({ label }, index) => [label, values[index]!]));
    },
    close: () => device.close(),
  };
}
