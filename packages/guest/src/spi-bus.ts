/** SPI, as its drivers have it. Where the device comes from is a parameter here. */

import { BoardTimer, type Time, type Timer } from "./board-time.ts";
import type { DriverBus } from "./driver.ts";
import type { RegisterTarget } from "./registers.ts";
import { type SpiDevice, WasiSpiDevice } from "./spi-device.ts";
import { spiFault } from "./spi-errors.ts";
import { SpiRegisterTarget } from "./spi-registers.ts";
import type { WasiSpiDevice as Handle } from "./wit.ts";

/** What the component of an SPI driver imports. */
export interface SpiBoard {
  /** wasi:spi/spi `open`. */
  open(name: string): Handle;
  readonly time: Time;
}

/** What the constructor of an SPI driver is given, before its options. */
export type SpiGiven = [device: SpiDevice, timer: Timer];

/** What the constructor of a driver is given that knows registers only, and not on which bus they are. */
export type SpiRegistersGiven = [target: RegisterTarget, timer: Timer];

/** Makes the bus on what a component imports. */
export function spiOn({ open, time }: SpiBoard): DriverBus<SpiGiven> {
  return {
    open(name, opened) {
      const device = opened.use(new WasiSpiDevice(openDevice(open, name)));
      return [device, new BoardTimer(time)];
    },
  };
}

/** The registers behind an SPI bus: see `SpiRegisterTarget`. */
export function registersOn(spi: DriverBus<SpiGiven>): DriverBus<SpiRegistersGiven> {
  return {
    open(name, opened) {
      const [device, timer] = spi.open(name, opened);
      return [new SpiRegisterTarget(device), timer];
    },
  };
}

function openDevice(open: SpiBoard["open"], name: string): Handle {
  try {
    return open(name);
  } catch (error) {
    throw spiFault(error, "opening the device");
  }
}
