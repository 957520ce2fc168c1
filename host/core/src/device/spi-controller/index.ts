import type { DeviceModule } from "../module.ts";
import { SpiController } from "./spi-controller.ts";

export type { SpiController };

/** SPI controllers that a driver drives: what an entry of a board's `bridges` has where others are wired to its SPI buses. */
export const spiController: DeviceModule<SpiController, "spiController"> = {
  kind: "spiController",
  path: "busbar:device/spi-controller",
  version: "0.1.0",
  open: async ({ name, start }) => SpiController.open(name, await start()),
};
