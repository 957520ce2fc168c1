/** component:usb for an app that drives devices itself: those that it uses and that have no driver, as they come and go. */

import type { Clock } from "../../clock.ts";
import { HostError } from "../../error.ts";
import type { CallBudget } from "../../instance/budget.ts";
import type { Trace } from "../../trace/trace.ts";
import type { BusOpened } from "../opened.ts";
import type { AppRun, DrivenDevice } from "../running.ts";
import type { UsbDevice } from "./backend.ts";
import type { UsbChange, UsbView } from "./component-usb.ts";
import { UsbError } from "./error.ts";
import { describeDevice } from "./facts.ts";
import type { UsbGrant } from "./grant.ts";
import type { UsbSlot } from "./hub.ts";
import { type UsbContext, UsbSession } from "./session.ts";
import type { UsbCounts } from "./use.ts";
import type { UsbWiring } from "./wiring.ts";

/** A device that an app drives itself, and that is wired to USB. */
export type UsbAppDevice = DrivenDevice<UsbGrant, UsbCounts, UsbWiring>;

/** The USB devices of one run of an app. What is unplugged is gone for it, and comes back as another device. */
export class AppUsb implements UsbView, BusOpened {
  readonly budget: CallBudget;
  readonly #trace: Trace;
  readonly #clock: Clock;
  /** In the order of the board file. */
  readonly #slots: UsbSlot[] = [];
  readonly #sessions = new Map<UsbSlot, UsbSession>();
  readonly #watches: Disposable[] = [];
  /** Never more than a departure and an arrival of each entry. */
  #changes: UsbChange[] = [];
  #ended = false;

  private constructor({ budget, clock, trace }: AppRun) {
    this.budget = budget;
    this.#clock = clock;
    this.#trace = trace;
  }

  /** Gets those that are plugged in ready. An app can go on without the others, which are listed when they arrive. */
  static async start(devices: readonly UsbAppDevice[], run: AppRun): Promise<AppUsb> {
    const usb = new AppUsb(run);
    const { budget, clock, trace } = run;
    for (const { name, entry, grant, wiring, quota, counts } of devices) {
      const context = { device: name, entry, clock, trace, budget, quota, grant, counts };
      await usb.#watch(wiring.slot, context);
    }
    return usb;
  }

  sessions(): readonly UsbSession[] {
    return this.#slots.flatMap((slot) => this.#sessions.get(slot) ?? []);
  }

  takeChanges(): readonly UsbChange[] {
    return this.#changes.splice(0);
  }

  /** Ends what was opened; the next run can open it again. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const watch of this.#watches) watch[Symbol.dispose]();
    await Promise.all(this.sessions().map((session) => session.end()));
  }

  async #watch(slot: UsbSlot, context: UsbContext): Promise<void> {
    this.#slots.push(slot);
    const present = await slot.present().catch((cause: unknown) => {
      if (cause instanceof HostError) return cause;
      throw cause;
    });
    // Not before: the hub's start tells of what is there already.
    this.#watches.push(
      slot.watch(({ event, device }) => {
        if (event === "arrived") void this.#arrived(slot, context, device);
        else this.#left(slot);
      }),
    );
    if (present instanceof HostError) this.#missing(context, present.message);
    else if (present === undefined) this.#missing(context, slot.absence);
    else await this.#arrived(slot, context, present);
  }

  async #arrived(slot: UsbSlot, context: UsbContext, device: UsbDevice): Promise<void> {
    try {
      const session = await UsbSession.start(context, device);
      // Gone again meanwhile, or the run is over.
      if (this.#ended || slot.device !== device) {
        await session.end();
        return;
      }
      this.#sessions.set(slot, session);
      this.#changes.push({ event: "arrived", session });
    } catch (cause) {
      if (!(cause instanceof UsbError || cause instanceof HostError)) throw cause;
      this.#missing(context, `the USB device ${describeDevice(device)} cannot be used: ${cause.message}`);
    }
  }

  #left(slot: UsbSlot): void {
    const session = this.#sessions.get(slot);
    if (session === undefined) return;
    this.#sessions.delete(slot);
    void session.end();
    const before = this.#changes.length;
    this.#changes = this.#changes.filter((change) => change.session !== session);
    // An app that has not heard of its arrival need not hear that it left.
    if (this.#changes.length === before) this.#changes.push({ event: "left", session });
  }

  #missing({ device }: UsbContext, reason: string): void {
    this.#trace.emit({ kind: "lifecycle", device, startMs: this.#clock.now(), event: "waiting", reason });
  }
}
