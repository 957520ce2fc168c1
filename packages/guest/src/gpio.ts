/** The bus of a driver's part: GPIO lines. Runs inside a component only. */

import { openIn, openInOut, openOut, watchEdges } from "busbar:board/gpio@0.1.0";
import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import type { DriverBus } from "./driver.ts";
import { type GpioGiven, gpioOn } from "./gpio-bus.ts";

/**
 * GPIO: the driver's constructor is given its lines, and the time.
 *
 * @example export const contact = defineContact({ bus: gpio, options: buttonOptions, driver: Button });
 */
export const gpio: DriverBus<GpioGiven> = gpioOn({
  gpio: { openIn, openOut, openInOut, watchEdges },
  time: { nowMs, waitMs },
});
