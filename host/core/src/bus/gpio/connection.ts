import type { BusConnection } from "../module.ts";
import type { AppRun, Wiring } from "../running.ts";
import { AppGpio, type GpioAppDevice } from "./app.ts";
import type { GpioBackend } from "./backend.ts";
import type { GpioGrant } from "./grant.ts";
import { openGpio } from "./open.ts";
import type { OpenedGpio } from "./opened.ts";
import type { GpioTypes } from "./types.ts";
import type { GpioCounts } from "./use.ts";

/** The GPIO chips of an open board: each line is one entry's, and opened when its driver starts. */
export class GpioConnection implements BusConnection<GpioTypes> {
  readonly #backends: readonly GpioBackend[];

  /** @param backends asked in this order for the chip of a name */
  constructor(backends: readonly GpioBackend[]) {
    this.#backends = backends;
  }

  wire(_device: string, grant: GpioGrant): Wiring<OpenedGpio, GpioCounts> {
    return { open: ({ context, counts }) => openGpio(context, grant, counts, this.#backends) };
  }

  share(): void {}

  openForApp(devices: readonly GpioAppDevice[], run: AppRun): AppGpio {
    return new AppGpio(devices, this.#backends, run);
  }

  [Symbol.dispose](): void {}
}
