import {
  Change,
  defineUsbModel,
  hexBytes,
  requestName,
  stall,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
} from "@busbar/model";
import * as v from "valibot";

/** The vendor's one request, from and to an interface: bmRequestType and bRequest. */
const GIVE = "c1/51";
const TAKE = "41/51";

const NOTHING = new Uint8Array();

/** What to build a loopback from. */
export interface LoopbackOptions {
  readonly speed: UsbDevice["speed"];
  readonly descriptors: UsbDescriptors;
}

/**
 * Sends back what it is sent, whatever endpoints it is described with: a transfer to 0x01 comes back on 0x81, whole, and is
 * an overflow for a read that has less room. The request 0x51 of its vendor gives bytes that count up from 0, or takes any.
 */
export class Loopback implements UsbDevice {
  readonly speed: UsbDevice["speed"];
  readonly descriptors: UsbDescriptors;
  /** What was sent and not yet read, by the endpoint's number. */
  readonly #sent = new Map<number, Uint8Array[]>();
  readonly #change = new Change();

  constructor({ speed, descriptors }: LoopbackOptions) {
    this.speed = speed;
    this.descriptors = descriptors;
  }

  control(setup: UsbSetup, _data: Uint8Array, _signal: AbortSignal): Uint8Array | Promise<Uint8Array> {
    const name = requestName(setup);
    if (name === GIVE) return Uint8Array.from({ length: setup.wLength }, (_, index) => index & 0xff);
    if (name === TAKE) return NOTHING;
    throw stall(`It knows no request ${name}.`);
  }

  async transferIn(endpoint: number, _length: number, signal: AbortSignal): Promise<Uint8Array> {
    for (;;) {
      const next = this.#sent.get(endpoint & 0x0f)?.shift();
      if (next !== undefined) return next;
      await this.#change.wait(signal);
    }
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<number> {
    const sent = this.#sent.get(endpoint);
    if (sent === undefined) this.#sent.set(endpoint, [data]);
    else sent.push(data);
    this.#change.tell();
    return data.length;
  }

  configured(): void {
    this.#sent.clear();
  }

  detached(): void {
    this.#sent.clear();
  }
}

/** The model "usb-loopback" of the board file. */
export const loopbackModel = defineUsbModel(
  v.strictObject({
    speed: v.picklist(["full", "high", "super"]),
    device: hexBytes,
    configurations: v.array(hexBytes),
    strings: v.optional(v.array(v.string()), []),
  }),
  ({ speed, ...descriptors }) => new Loopback({ speed, descriptors }),
);
