/** The WIT export of a bridge on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineI2cController } from "@busbar/guest/i2c-controller";
import { TCA9548A, tca9548aOptions } from "./tca9548a.ts";

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController({ bus: i2c, options: tca9548aOptions, driver: TCA9548A });
