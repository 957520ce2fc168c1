import { readdir, realpath } from "node:fs/promises";
import { CharacterDevice } from "./character-device.ts";
import type { AttachedUsbDevice } from "./usb-device.ts";
import { waitFor } from "./wait.ts";

/** `struct input_event` of include/uapi/linux/input.h on 64-bit machines: two times of 8 bytes, type, code, value. */
const EVENT_BYTES = 24;

/** Types of include/uapi/linux/input-event-codes.h that say what somebody did. */
const TYPES = new Map([
  [1, "key"],
  [2, "relative"],
  [3, "absolute"],
] as const);
/** EV_LED, which goes the other way. */
const EV_LED = 0x11;
/** The value of a key that the kernel repeats because it is still down. */
const REPEATED = 2;

/** What the kernel says that somebody did. */
export interface InputEvent {
  readonly type: "key" | "relative" | "absolute";
  /** KEY_..., BTN_..., REL_..., ABS_... */
  readonly code: number;
  readonly value: number;
}

/** The kernel's input devices that a USB device became: paths of /dev/input/eventN. */
export async function inputNodes(device: AttachedUsbDevice): Promise<string[]> {
  return await waitFor("make an input device", async () => {
    const names = (await readdir("/sys/class/input")).filter((name) => name.startsWith("event"));
    const paths = await Promise.all(names.map((name) => realpath(`/sys/class/input/${name}`)));
    const nodes = names.filter((_, index) => paths[index]!.startsWith(`${device.path}/`));
    return nodes.length === 0 ? undefined : nodes.sort().map((name) => `/dev/input/${name}`);
  });
}

/** What comes from an input device, from the moment it was opened. */
export class InputEvents implements AsyncDisposable {
  readonly #file: CharacterDevice;
  readonly #events: InputEvent[] = [];

  private constructor(file: CharacterDevice) {
    this.#file = file;
  }

  static async open(node: string): Promise<InputEvents> {
    return new InputEvents(await CharacterDevice.open(node));
  }

  /** The next events, without repetitions and what only frames them. @throws Error when too few come */
  async take(count: number): Promise<InputEvent[]> {
    while (this.#events.length < count) this.#events.push(...decode(await this.#file.read(64 * EVENT_BYTES)));
    return this.#events.splice(0, count);
  }

  /** Switches a light. @param code LED_... */
  async setLight(code: number, isOn: boolean): Promise<void> {
    const event = new DataView(new ArrayBuffer(EVENT_BYTES));
    event.setUint16(16, EV_LED, true);
    event.setUint16(18, code, true);
    event.setInt32(20, isOn ? 1 : 0, true);
    await this.#file.write(new Uint8Array(event.buffer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

function decode(bytes: Uint8Array): InputEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const events: InputEvent[] = [];
  for (let offset = 0; offset + EVENT_BYTES <= bytes.length; offset += EVENT_BYTES) {
    const type = TYPES.get(view.getUint16(offset + 16, true) as 1 | 2 | 3);
    const code = view.getUint16(offset + 18, true);
    const value = view.getInt32(offset + 20, true);
    if (type === undefined || (type === "key" && value === REPEATED)) continue;
    events.push({ type, code, value });
  }
  return events;
}
