import { type AnyBoard, bridgesBefore, busesOf, entriesOf } from "@busbar/host";
import { chipNameOf, uartPortNameOf } from "@busbar/host/backend";
import type { BusTypes, GpioTypes, I2cTypes, SpiTypes, UartTypes, UsbTypes } from "@busbar/host/module";
import { linuxGpio } from "./gpio/index.ts";
import { linuxI2c } from "./linux/index.ts";
import { linuxSpi } from "./spi/index.ts";
import { linuxUart } from "./uart/index.ts";
import { libusb } from "./usb/index.ts";

/** What this machine has of one bus. */
interface MachineBus<Types extends BusTypes = BusTypes> {
  /** Makes its backend; `board` is the board file, for messages and locks. */
  backend(owner: { readonly board?: string }): Types["backend"];
  /** The npm packages with native code that it loads. */
  readonly packages: readonly string[];
  /** Whether all that an entry is wired to is simulated, so that nothing of the machine is used. */
  isSimulated(grant: Types["grant"], simulated: readonly Types["simulated"][]): boolean;
}

const i2c: MachineBus<I2cTypes> = {
  backend: linuxI2c,
  packages: ["koffi"],
  isSimulated: ({ bus }, simulated) => simulated.some((entry) => entry.i2c === bus),
};

const spi: MachineBus<SpiTypes> = {
  backend: linuxSpi,
  packages: ["koffi"],
  isSimulated: ({ bus }, simulated) => simulated.some((entry) => entry.spi === bus),
};

const usb: MachineBus<UsbTypes> = {
  backend: libusb,
  packages: ["koffi", "usb"],
  // Which device is meant shows when it is plugged in.
  isSimulated: () => false,
};

const gpio: MachineBus<GpioTypes> = {
  backend: linuxGpio,
  packages: ["koffi"],
  isSimulated: ({ lines }, simulated) => {
    const chips = new Set(simulated.map((entry) => chipNameOf(entry.gpio)));
    return Object.values(lines).every(({ chip }) => chips.has(chipNameOf(chip)));
  },
};

const uart: MachineBus<UartTypes> = {
  backend: linuxUart,
  packages: ["koffi"],
  isSimulated: ({ port }, simulated) => simulated.some((entry) => uartPortNameOf(entry.uart) === port),
};

/** What this machine has, by the keys of the buses. */
export const machineBuses: Readonly<Record<string, MachineBus>> = { i2c, spi, usb, gpio, uart };

/** All npm packages with native code that a board can need. */
export const nativePackages: ReadonlySet<string> = new Set(
  Object.values(machineBuses).flatMap(({ packages }) => packages),
);

/** Those that this board needs on a machine: for entries whose devices are not simulated. */
export function nativePackagesOf(board: AnyBoard): ReadonlySet<string> {
  const { simulate } = board;
  const needed = entriesOf(board).flatMap(({ entry }) =>
    busesOf(entry).flatMap((key) => {
      const bus = machineBuses[key];
      const simulated = simulate.filter((each) => Object.hasOwn(each, key));
      const { [key]: grant } = entry as Record<string, unknown>;
      if (bus === undefined || bridgesBefore(board, key, entry).length > 0) return [];
      return bus.isSimulated(grant, simulated) ? [] : bus.packages;
    }),
  );
  return new Set(needed);
}
