import type { Clock } from "../../clock.ts";
import { requireAnswer, shortName } from "../answer.ts";
import { requireDuration } from "../duration.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/contact `info`. */
export interface ContactInfo {
  /** The maker; empty where nobody knows. */
  readonly vendor: string;
  /** The part: "button". */
  readonly model: string;
}

/** busbar:device/contact `change`: it opened or closed. */
export interface ContactChange {
  /** What it is since then: a button that is pressed is closed. */
  readonly closed: boolean;
  /** When, in milliseconds on a clock that never goes back. */
  readonly timeMs: number;
}

/** busbar:device/contact `changes`. */
export interface ContactChanges {
  /** In their order: each is to the other state than the one before. */
  readonly changes: readonly ContactChange[];
  /** Whether some before them are lost, because nobody asked for them in time. */
  readonly lost: boolean;
}

/** How to wait for a contact. */
export interface ContactReadOptions {
  /** How long to wait for the first change, in milliseconds; 0 for not at all. Default: without end. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Another call ends the wait: neither a question nor the end waits for a long one. */
const LONGEST_WAIT_MS = 1000;

/** The guest's resource. */
interface GuestContact extends GuestDevice {
  info(): Promise<ContactInfo>;
  isClosed(): Promise<boolean>;
  nextChanges(timeoutMs: number): Promise<ContactChanges>;
}

/** An opened contact: a button, a reed contact, a float. All methods throw DeviceError. */
export class Contact extends OpenedDevice<GuestContact> {
  readonly info: ContactInfo;
  protected override readonly noun = "contact";
  readonly #clock: Clock;
  readonly #longestWaitMs: number;

  private constructor(opened: OpenedGuest<GuestContact>, info: ContactInfo, clock: Clock) {
    super(opened);
    this.info = info;
    this.#clock = clock;
    // A call that takes as long as the board's limit ends the driver.
    this.#longestWaitMs = Math.min(LONGEST_WAIT_MS, Math.floor(opened.instance.callMs / 2));
  }

  /** Opens the contact of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife, clock: Clock): Promise<Contact> {
    const opened = await openGuest<GuestContact>(name, instance);
    const info = await askOpened(opened, async () => {
      const { vendor, model } = await instance.call(() => opened.device.info());
      return { vendor: shortName(vendor), model: shortName(model) };
    });
    return new Contact(opened, info, clock);
  }

  /** Whether it is closed now. */
  isClosed(): Promise<boolean> {
    return this.call((device) => device.isClosed());
  }

  /**
   * Waits until there is a change that was not told yet, then tells all that there are.
   *
   * @returns no changes when none came in time
   * @throws DeviceError; the signal's reason when it aborts
   */
  async nextChanges(options: ContactReadOptions = {}): Promise<ContactChanges> {
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
    requireDuration(this.name, "timeout", timeoutMs);
    const endMs = this.#clock.now() + timeoutMs;
    for (;;) {
      signal?.throwIfAborted();
      const leftMs = Math.max(Math.ceil(endMs - this.#clock.now()), 0);
      const waitMs = Math.min(leftMs, this.#longestWaitMs);
      const told = await this.call((device) => device.nextChanges(waitMs), { yields: waitMs > 0 });
      requireAnswer(
        this.name,
        told.changes.every(isPossible),
        () => "gives changes that are no times in their order",
      );
      if (told.changes.length > 0 || told.lost || this.#clock.now() >= endMs) return told;
    }
  }

  /** Every change, until `signal` aborts. */
  async *changes(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<ContactChange, void, void> {
    for (;;) yield* (await this.nextChanges(options)).changes;
  }
}

/** Each to the other state than the one before, and not before it. */
function isPossible(
  { closed, timeMs }: ContactChange,
  index: number,
  all: readonly ContactChange[],
): boolean {
  const before = all[index - 1];
  return (
    Number.isFinite(timeMs) && (before === undefined || (before.closed !== closed && before.timeMs <= timeMs))
  );
}
