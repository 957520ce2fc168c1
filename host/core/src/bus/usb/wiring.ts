import { HostError } from "../../error.ts";
import type { BusLife, Wiring } from "../running.ts";
import { UsbError } from "./error.ts";
import { describeDevice } from "./facts.ts";
import type { UsbHub, UsbSlot } from "./hub.ts";
import { OpenedUsb } from "./opened.ts";
import { UsbSession } from "./session.ts";
import type { UsbCounts } from "./use.ts";

/** The place of one entry among the USB devices, and what its driver gets of that. */
export class UsbWiring implements Wiring<OpenedUsb, UsbCounts> {
  readonly #hub: UsbHub;
  /** For the apps that drive the device themselves. */
  readonly slot: UsbSlot;

  constructor(hub: UsbHub, slot: UsbSlot) {
    this.#hub = hub;
    this.slot = slot;
  }

  /** Waits for the device of the entry, and gets it ready. */
  async open({ context, counts, signal, waiting }: BusLife<UsbCounts>): Promise<OpenedUsb> {
    const { slot } = this;
    for (;;) {
      const device = await slot.find(signal, waiting);
      try {
        const session = await UsbSession.start({ ...context, grant: slot.grant, counts }, device);
        // Pulled out meanwhile, or nobody needs it any more.
        const isNeeded = !signal.aborted && slot.device === device;
        if (isNeeded) return new OpenedUsb(session, slot);
        await session.end();
        signal.throwIfAborted();
      } catch (cause) {
        if (!(cause instanceof UsbError)) throw cause;
        // Pulled out meanwhile: wait for it to come back.
        if (slot.device !== device) continue;
        throw new HostError(
          "backend",
          `${context.device}: the USB device ${describeDevice(device)} cannot be used: ${cause.message}.`,
          { cause },
        );
      }
    }
  }

  async missing(): Promise<string | undefined> {
    return (await this.slot.present()) === undefined ? this.slot.absence : undefined;
  }

  watch(listener: (event: "arrived" | "left") => void): Disposable {
    return this.slot.watch(({ event }) => listener(event));
  }

  remove(): void {
    this.#hub.removeSlot(this.slot);
  }
}
