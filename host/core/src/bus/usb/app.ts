/** component:usb for an app that drives devices itself: those that it uses and that have no driver, as they come and go. */

import type { DeviceEntry } from "../../board/schema.ts";
import type { Clock } from "../../clock.ts";
import { HostError } from "../../error.ts";
import type { DeviceQuota } from "../../grants/quota.ts";
import type { CallBudget } from "../../instance/budget.ts";
import type { CommonContext } from "../../instance/context.ts";
import type { Trace } from "../../trace/trace.ts";
import type { UsbDevice } from "./backend.ts";
import type { UsbChange, UsbView } from "./component-usb.ts";
import { UsbError } from "./error.ts";
import { describeDevice } from "./facts.ts";
import type { UsbSlot } from "./hub.ts";
import { UsbSession } from "./session.ts";

/** What the USB of an app works with. */
interface Surroundings {
  readonly clock: Clock;
  readonly trace: Trace;
  /** The board's USB devices without a driver. */
  readonly usb: ReadonlyMap<string, UsbSlot>;
  /** What the limits of these devices leave. */
  readonly quotas: ReadonlyMap<string, DeviceQuota>;
}

/** The USB devices of one run of an app. What is unplugged is gone for it, and comes back as another device. */
export class AppUsb implements UsbView, AsyncDisposable {
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

  private constructor({ clock, trace }: Surroundings, budget: CallBudget) {
    this.budget = budget;
    this.#clock = clock;
    this.#trace = trace;
  }

  /**
   * Gets those that are plugged in ready. An app can go on without the others, which are listed when they arrive.
   *
   * @param wired the devices that the app drives itself
   */
  static async start(
    wired: ReadonlyMap<string, DeviceEntry>,
    surroundings: Surroundings,
    budget: CallBudget,
  ): Promise<AppUsb> {
    const usb = new AppUsb(surroundings, budget);
    for (const [device, entry] of wired) {
      const slot = surroundings.usb.get(device);
      if (slot === undefined) continue;
      const { clock, trace, quotas } = surroundings;
      const context = { device, entry, clock, trace, budget, quota: quotas.get(device)! };
      await usb.#watch(slot, context);
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
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    for (const watch of this.#watches) watch[Symbol.dispose]();
    await Promise.all(this.sessions().map((session) => session.end()));
  }

  async #watch(slot: UsbSlot, context: CommonContext): Promise<void> {
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

  async #arrived(slot: UsbSlot, context: CommonContext, device: UsbDevice): Promise<void> {
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

  #missing({ device }: CommonContext, reason: string): void {
    this.#trace.emit({ kind: "lifecycle", device, startMs: this.#clock.now(), event: "waiting", reason });
  }
}
