import type { BusConnection } from "../module.ts";
import type { AppRun } from "../running.ts";
import { AppUart, type UartAppDevice } from "./app.ts";
import type { UartBackend } from "./backend.ts";
import type { UartGrant } from "./grant.ts";
import type { UartTypes } from "./types.ts";
import { UartWiring } from "./wiring.ts";

/** The serial ports of an open board: each is one entry's, and opened when its driver starts. */
export class UartConnection implements BusConnection<UartTypes> {
  readonly #backends: readonly UartBackend[];
  readonly #wirings = new Set<UartWiring>();

  /** @param backends asked in this order for the port of a name */
  constructor(backends: readonly UartBackend[]) {
    this.#backends = backends;
  }

  wire(device: string, grant: UartGrant): UartWiring {
    const wiring = new UartWiring(device, grant, this.#backends);
    this.#wirings.add(wiring);
    return wiring;
  }

  share(): void {}

  openForApp(devices: readonly UartAppDevice[], _run: AppRun): AppUart {
    return new AppUart(devices, this.#backends);
  }

  /** Watches no more. */
  [Symbol.dispose](): void {
    for (const wiring of this.#wirings) wiring.remove();
  }
}
