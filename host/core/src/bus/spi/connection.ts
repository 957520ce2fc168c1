import type { BusConnection } from "../module.ts";
import { OpenedByApp } from "../opened-by-app.ts";
import type { Wiring } from "../running.ts";
import type { AppSpi, SpiAppDevice } from "./app.ts";
import type { SpiAnswer, SpiBackend } from "./backend.ts";
import type { SpiGrant } from "./grant.ts";
import { openSpi } from "./open.ts";
import type { OpenedSpi } from "./opened.ts";
import type { SpiTypes } from "./types.ts";
import type { SpiCounts } from "./use.ts";

/** The SPI buses of an open board: nothing is shared between entries, and each device is opened when its driver starts. */
export class SpiConnection implements BusConnection<SpiTypes> {
  readonly #backends: readonly SpiBackend<SpiAnswer>[];

  /** @param backends asked in this order for the bus of a name */
  constructor(backends: readonly SpiBackend<SpiAnswer>[]) {
    this.#backends = backends;
  }

  wire(device: string, grant: SpiGrant): Wiring<OpenedSpi, SpiCounts> {
    return { open: ({ counts }) => openSpi(device, grant, counts, this.#backends) };
  }

  share(): void {}

  openForApp(devices: readonly SpiAppDevice[]): AppSpi {
    return new OpenedByApp(devices, this.#backends, ({ name, grant, counts }) =>
      openSpi(name, grant, counts, this.#backends),
    );
  }

  [Symbol.dispose](): void {}
}
