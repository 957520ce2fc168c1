import type { DeviceModule } from "../module.ts";
import { I2cController } from "./i2c-controller.ts";

export type { I2cController };

/** I2C controllers that a driver drives: what an entry of a board's `bridges` has where others are wired to its I2C buses. */
export const i2cController: DeviceModule<I2cController, "i2cController"> = {
  kind: "i2cController",
  path: "busbar:device/i2c-controller",
  version: "0.1.0",
  open: async ({ name, start }) => I2cController.open(name, await start()),
};
