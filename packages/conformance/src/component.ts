/** The WIT exports of world `conformance`. */

import type { Delay } from "wasi:i2c/delay@0.2.0-draft";
import type { Wiring } from "@busbar/guest";
import { i2cTable } from "./i2c-table.ts";
import { spiTable } from "./spi-table.ts";
import type { Row } from "./table.ts";
import { usbTable } from "./usb-table.ts";

/** busbar:conformance/tables. */
export const tables = {
  i2cTable(bus: Wiring["bus"], delay: Delay): Row[] {
    using _bus = bus;
    using _delay = delay;
    return i2cTable(bus, delay).rows;
  },
  spiTable: (): Row[] => spiTable().rows,
  usbTable: (): Row[] => usbTable().rows,
};
