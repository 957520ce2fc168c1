/** What several hardware tests do. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { GADGET_VENDOR_ID, waitFor } from "@busbar/lab/guest";
import type { UsbDevice } from "@busbar/sim/usbip";

/** Guest code is 30 to 50 times slower where the processor is emulated. */
export const SLOW_LIMITS = { callMs: 120_000 };

/** The USB grant of a board entry for a gadget. */
export function gadgetGrant(productId: number, interfaces: readonly number[]) {
  return { vendorId: GADGET_VENDOR_ID, productId, interfaces: [...interfaces] };
}

/** A model of a device without a serial number, with one: by that the lab finds it among others. */
export function withSerialNumber(model: UsbDevice, serialNumber: string): UsbDevice {
  const { device, strings, ...rest } = model.descriptors;
  const described = device.slice();
  // iSerialNumber.
  described[16] = strings.length + 1;
  return {
    speed: model.speed,
    descriptors: { ...rest, device: described, strings: [...strings, serialNumber] },
    control: (...call) => model.control(...call),
    transferIn: (...call) => model.transferIn!(...call),
    transferOut: (...call) => model.transferOut!(...call),
  };
}

/** Opens a device that is plugged in again: until the host has seen that the old one left, that one answers. */
export async function openAgain<Device>(open: () => Promise<Device>): Promise<Device> {
  return await waitFor("tell of a device that left", async () => {
    try {
      return await open();
    } catch (error) {
      if ((error as { code: string }).code !== "disconnected") throw error;
      return undefined;
    }
  });
}

/**
 * Memory after a collection, in bytes: what JavaScript and the guests have in use, and what the process has besides the
 * heap, whose reserve grows and shrinks as V8 likes.
 */
export function memory(): { used: number; native: number } {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, heapTotal, external, arrayBuffers, rss } = process.memoryUsage();
  return { used: heapUsed + external + arrayBuffers, native: rss - heapTotal };
}

/** Random numbers that are the same in each run: Mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
