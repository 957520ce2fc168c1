/** I2C, as its drivers have it. Where the wiring comes from is a parameter here. */

import type { DriverBus } from "./driver.ts";
import { boardFault } from "./errors.ts";
import { type Delay, type I2cTarget, WasiDelay, WasiI2cTarget } from "./i2c-target.ts";
import type { WasiDelayHandle, Wiring } from "./wit.ts";

/** What the component of an I2C driver imports. */
export interface I2cBoard {
  /** busbar:board/i2c `open`. */
  open(name: string): Wiring;
  /** busbar:board/i2c `open-delay`. */
  openDelay(): WasiDelayHandle;
}

/** What the constructor of an I2C driver is given, before its options. */
export type I2cGiven = [target: I2cTarget, delay: Delay];

/** Makes the bus on what a component imports. */
export function i2cOn(board: I2cBoard): DriverBus<I2cGiven> {
  return {
    open(name, opened) {
      const target = opened.use(new WasiI2cTarget(openWiring(board, name)));
      const delay = opened.use(new WasiDelay(board.openDelay()));
      return [target, delay];
    },
  };
}

function openWiring(board: I2cBoard, name: string): Wiring {
  try {
    return board.open(name);
  } catch (error) {
    throw boardFault(error);
  }
}
