import type { BusConnection } from "../module.ts";
import type { AppRun } from "../running.ts";
import { AppUsb, type UsbAppDevice } from "./app.ts";
import type { UsbBackend } from "./backend.ts";
import type { UsbGrant } from "./grant.ts";
import { UsbHub } from "./hub.ts";
import type { UsbTypes } from "./types.ts";
import { UsbWiring } from "./wiring.ts";

/** The USB of an open board: its hub shares the devices out to the entries. */
export class UsbConnection implements BusConnection<UsbTypes> {
  readonly #hub: UsbHub;

  /** @param backends asked in this order for the devices of the entries */
  constructor(backends: readonly UsbBackend[]) {
    this.#hub = new UsbHub(backends);
  }

  wire(device: string, grant: UsbGrant): UsbWiring {
    return new UsbWiring(this.#hub, this.#hub.addSlot(device, grant));
  }

  share(): void {
    this.#hub.share();
  }

  openForApp(devices: readonly UsbAppDevice[], run: AppRun): Promise<AppUsb> {
    return AppUsb.start(devices, run);
  }

  [Symbol.dispose](): void {
    this.#hub[Symbol.dispose]();
  }
}
