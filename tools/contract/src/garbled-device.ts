/** Devices that answer nearly right: what they send with some bytes changed, by a seed. */

import type { UsbDevice } from "@busbar/sim/usbip";
import { randomOf } from "./random.ts";

/** The configuration and its first interface, by which a host finds the device: it waits for one without them. */
const CONFIGURATION_HEAD = 18;

/** A copy with one to four bytes changed, removed, repeated or cut off. @param from bytes before it stay as they are */
export function garbledBytes(bytes: Uint8Array, random: ReturnType<typeof randomOf>, from = 0): Uint8Array {
  const changed = [...bytes];
  for (let left = 1 + random(4); left > 0 && changed.length > from; left--) {
    const position = from + random(changed.length - from);
    const how = random(5);
    if (how === 0) changed[position] = random(256);
    else if (how === 1) changed[position]! ^= 1 << random(8);
    else if (how === 2) changed.splice(position, 1);
    else if (how === 3) changed.splice(position, 0, changed[position]!);
    else changed.length = position;
  }
  return Uint8Array.from(changed);
}

/**
 * A device whose configuration descriptor, answers to control requests and packets are each garbled or not, by a seed.
 *
 * @param make a new device for the same seed gives the same
 */
export function garbledDevice(make: () => UsbDevice, seed: number): UsbDevice {
  const device = make();
  const random = randomOf(seed);
  const sometimes = (bytes: Uint8Array, from = 0) =>
    random(3) === 0 ? garbledBytes(bytes, random, from) : bytes;
  const descriptors = {
    ...device.descriptors,
    configurations: device.descriptors.configurations.map((each) => sometimes(each, CONFIGURATION_HEAD)),
  };
  return {
    speed: device.speed,
    descriptors,
    control: async (...request) => sometimes(await device.control(...request)),
    transferIn: async (endpoint, length, signal) => {
      const bytes = await device.transferIn!(endpoint, length, signal);
      return sometimes(bytes).subarray(0, length);
    },
    transferOut: async (...transfer) => await device.transferOut!(...transfer),
    configured: (configuration) => device.configured?.(configuration),
    detached: () => device.detached?.(),
  };
}
