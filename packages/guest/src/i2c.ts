/** The bus of a driver's part: I2C. Runs inside a component only. */

import { open, openDelay } from "busbar:board/i2c@0.1.0";
import type { DriverBus } from "./driver.ts";
import { type I2cGiven, i2cOn } from "./i2c-bus.ts";

/**
 * I2C: the driver's constructor is given its target and a delay.
 *
 * @example export const sensor = defineSensor({ bus: i2c, options: bme280Options, driver: BME280 });
 */
export const i2c: DriverBus<I2cGiven> = i2cOn({ open, openDelay });
