import { OpenedHandle } from "../opened-handle.ts";
import type { I2cAnswer, I2cBus } from "./backend.ts";
import type { I2cGrant } from "./grant.ts";
import type { I2cCounts } from "./use.ts";

/** The I2C bus of one life of a driver, with what it may do there. */
export class OpenedI2c extends OpenedHandle<I2cBus<I2cAnswer>, I2cGrant, I2cCounts> {}
