/** The bus of a driver's part: a serial line. Runs inside a component only. */

import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import { open } from "busbar:board/uart@0.1.0";
import type { DriverBus } from "./driver.ts";
import { type UartGiven, uartOn } from "./uart-bus.ts";

/**
 * A serial line: the driver's constructor is given its port and a timer.
 *
 * @example export const sensor = defineSensor({ bus: uart, options: nmeaGpsOptions, driver: NmeaGps });
 */
export const uart: DriverBus<UartGiven> = uartOn({ open, time: { nowMs, waitMs } });
