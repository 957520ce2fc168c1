import type { GpioBackend } from "../bus/gpio/backend.ts";
import type { I2cBackend } from "../bus/i2c/backend.ts";
import type { SpiBackend } from "../bus/spi/backend.ts";
import type { UsbBackend } from "../bus/usb/backend.ts";
import type { Clock } from "../clock.ts";
import type { SimulateEntry } from "./schema.ts";

/**
 * Makes the simulated buses and devices of a board. The host knows no simulator; `@busbar/sim` is one.
 *
 * @param modules what each module that an entry names as its model exports by default, by the entry's `model`
 * @throws HostError with code "board" when a model or one of its parameters is unknown or wrong
 */
export type Simulate = (
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown>,
) => I2cBackend & SpiBackend & UsbBackend & GpioBackend;
