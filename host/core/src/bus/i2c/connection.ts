import type { BusConnection } from "../module.ts";
import { OpenedByApp } from "../opened-by-app.ts";
import type { Wiring } from "../running.ts";
import type { AppI2c, I2cAppDevice } from "./app.ts";
import type { I2cAnswer, I2cBackend } from "./backend.ts";
import type { I2cGrant } from "./grant.ts";
import { openI2c } from "./open.ts";
import type { OpenedI2c } from "./opened.ts";
import type { I2cTypes } from "./types.ts";
import type { I2cCounts } from "./use.ts";

/** The I2C buses of an open board: nothing is shared between entries, and each bus is opened when its driver starts. */
export class I2cConnection implements BusConnection<I2cTypes> {
  readonly #backends: readonly I2cBackend<I2cAnswer>[];

  /** @param backends asked in this order for the bus of a name */
  constructor(backends: readonly I2cBackend<I2cAnswer>[]) {
    this.#backends = backends;
  }

  wire(device: string, grant: I2cGrant): Wiring<OpenedI2c, I2cCounts> {
    return { open: ({ counts }) => openI2c(device, grant, counts, this.#backends) };
  }

  share(): void {}

  openForApp(devices: readonly I2cAppDevice[]): AppI2c {
    return new OpenedByApp(devices, this.#backends, ({ name, grant, counts }) =>
      openI2c(name, grant, counts, this.#backends),
    );
  }

  [Symbol.dispose](): void {}
}
