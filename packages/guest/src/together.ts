/** A part that is wired to more than one bus. */

import type { DriverBus } from "./driver.ts";

/**
 * Two buses as one: the driver's constructor is given what the first gives, then what the second gives. For a part with an interrupt
 * line, or one that is told by a line what the bytes on its bus mean. It nests: `together(together(spi, gpio), uart)`.
 *
 * Both are opened before the constructor runs; where the second cannot be, the first is released.
 *
 * @example export const sensor = defineSensor({ bus: together(i2c, gpio), options: hts221Options, driver: HTS221DataReady });
 */
export function together<First extends unknown[], Second extends unknown[]>(
  first: DriverBus<First>,
  second: DriverBus<Second>,
): DriverBus<[...First, ...Second]> {
  return { open: (name, opened) => [...first.open(name, opened), ...second.open(name, opened)] };
}
