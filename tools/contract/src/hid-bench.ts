/** A HID driver's built component in the host, with a recorded device plugged in. */

import type { BoardEvent, Hid, OpenBoard } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { type PlugOptions, type RecordedHid, SimulatedUsb, VirtualClock } from "@busbar/sim";
import type { UsbDevice } from "@busbar/sim/usbip";

const PORT = "1-1";

/** A board whose one device is called "pad". */
export class HidBench implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly events: BoardEvent[] = [];
  readonly #usb = new SimulatedUsb(this.clock);
  #board: OpenBoard | undefined;
  #vendorId = "";
  readonly #component: string;
  readonly #interfaces: readonly number[];

  /**
   * @param component the path of the .wasm file
   * @param interfaces what the board grants of the device
   */
  constructor(component: string, interfaces: readonly number[] = [0]) {
    this.#component = component;
    this.#interfaces = interfaces;
  }

  /** Puts another device of the same vendor into the port. */
  plug(device: UsbDevice, options: PlugOptions = {}): void {
    // idVendor (USB 2.0 table 9-8), which every grant names.
    const [low = 0, high = 0] = device.descriptors.device.subarray(8);
    this.#vendorId = `0x${((high << 8) | low).toString(16).padStart(4, "0")}`;
    this.#usb.unplug(PORT);
    this.#usb.plug(PORT, device, options);
  }

  /** Opens the device. @throws the host's error */
  async open(settings: Readonly<Record<string, string>> = {}): Promise<Hid> {
    this.#board ??= await openBoard(
      {
        devices: {
          pad: {
            driver: this.#component,
            usb: { vendorId: this.#vendorId, port: PORT, interfaces: [...this.#interfaces] },
            settings,
          },
        },
      },
      { usb: [this.#usb], clock: this.clock, onEvent: (event: BoardEvent) => this.events.push(event) },
    );
    return await this.#board.hid("pad");
  }

  /** What the driver told the operator. */
  get warnings(): string[] {
    return this.events.flatMap((event) => (event.kind === "warning" ? [event.message] : []));
  }

  /** Why the driver's instances trapped: nothing that a device says is a reason. */
  get traps(): string[] {
    return this.events.flatMap((event) =>
      event.kind === "lifecycle" && event.event === "trapped" ? [event.reason ?? ""] : [],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#board?.[Symbol.asyncDispose]();
  }
}

/** A bench with this device in its port. */
export function hidBenchWith(component: string, device: RecordedHid, options?: PlugOptions): HidBench {
  const bench = new HidBench(component);
  bench.plug(device, options);
  return bench;
}
