import type { CallBudget } from "../../instance/budget.ts";
import type { BusOpened } from "../opened.ts";
import type { UsbView } from "./component-usb.ts";
import { describeDevice } from "./facts.ts";
import type { UsbSlot } from "./hub.ts";
import type { UsbSession } from "./session.ts";

/** The USB device of one life of a driver; none where a driver is only tried. */
export class OpenedUsb implements BusOpened {
  readonly #slot: UsbSlot | undefined;
  readonly #session: UsbSession | undefined;

  /** @param slot of the entry, which has another device or none when this one has left */
  constructor(session?: UsbSession, slot?: UsbSlot) {
    this.#session = session;
    this.#slot = slot;
  }

  get lost(): string | undefined {
    const device = this.#session?.device;
    if (device === undefined || this.#slot?.device === device) return undefined;
    return `the USB device ${describeDevice(device)} was unplugged`;
  }

  async end(): Promise<void> {
    await this.#session?.end();
  }

  /**
   * What the driver sees: the one device that it was started for. It lives no longer than that is plugged in, so that the only
   * change that it can see is the arrival.
   */
  view(budget: CallBudget): UsbView {
    const sessions = this.#session === undefined ? [] : [this.#session];
    let arrivals = sessions;
    return {
      budget,
      sessions: () => sessions,
      takeChanges() {
        const taken = arrivals.map((each) => ({ event: "arrived", session: each }) as const);
        arrivals = [];
        return taken;
      },
    };
  }
}
