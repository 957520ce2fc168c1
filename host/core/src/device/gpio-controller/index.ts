import type { DeviceModule } from "../module.ts";
import { GpioController } from "./gpio-controller.ts";

export type { GpioController };

/** GPIO lines that a driver drives: what an entry of a board's `bridges` has where others are wired to them. */
export const gpioController: DeviceModule<GpioController, "gpioController"> = {
  kind: "gpioController",
  path: "busbar:device/gpio-controller",
  version: "0.1.0",
  open: async ({ name, start }) => GpioController.open(name, await start()),
};
