/** Switches, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { type Device, open } from "busbar:device/switch@0.1.0";
import type { SwitchInfo } from "../wit.ts";
import { called } from "./called.ts";

/** A switch, whatever is behind it. All methods throw DriverError; after `disconnected`, open it again. */
export interface AppSwitch {
  /** Which part it is. */
  readonly info: SwitchInfo;
  /** Whether it is on. */
  isOn(): boolean;
  /** Switches it. */
  set(on: boolean): void;
  /** Leaves it as its driver's README says, usually off, and gives it back. */
  close(): void;
}

/**
 * Opens the switch that the board wires to `name`: it is off.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openSwitch(name: string): AppSwitch {
  const device: Device = called(() => open(name));
  return {
    info: device.info(),
    isOn: () => called(() => device.isOn()),
    set: (on) => called(() => device.set(on)),
    close: () => called(() => device.close()),
  };
}
