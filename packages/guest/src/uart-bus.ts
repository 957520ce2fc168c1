/** A serial line, as its drivers have it. Where the port comes from is a parameter here. */

import { BoardTimer, type Time, type Timer } from "./board-time.ts";
import type { DriverBus } from "./driver.ts";
import { uartFault } from "./uart-errors.ts";
import { type UartPort, WasiUartPort } from "./uart-port.ts";
import type { WasiUartPort as Handle } from "./wit.ts";

/** What the component of a driver on a serial line imports. */
export interface UartBoard {
  /** busbar:board/uart `open`. */
  open(name: string): Handle;
  readonly time: Time;
}

/** What the constructor of a driver on a serial line is given, before its options. */
export type UartGiven = [port: UartPort, timer: Timer];

/** Makes the bus on what a component imports. */
export function uartOn({ open, time }: UartBoard): DriverBus<UartGiven> {
  return {
    open(name, opened) {
      const port = opened.use(new WasiUartPort(openPort(open, name)));
      return [port, new BoardTimer(time)];
    },
  };
}

function openPort(open: UartBoard["open"], name: string): Handle {
  try {
    return open(name);
  } catch (error) {
    throw uartFault(error, "opening the port");
  }
}
