import type { OpenedByApp } from "../opened-by-app.ts";
import type { DrivenDevice } from "../running.ts";
import type { I2cGrant } from "./grant.ts";
import type { OpenedI2c } from "./opened.ts";
import type { I2cCounts } from "./use.ts";

/** A device that an app drives itself, and that is wired to an I2C bus. */
export type I2cAppDevice = DrivenDevice<I2cGrant, I2cCounts>;

/** The buses of the devices that an app drives itself. */
export type AppI2c = OpenedByApp<I2cAppDevice, OpenedI2c>;
