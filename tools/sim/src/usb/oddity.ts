/** Devices that are not as their models are. */

import { randomBytes, requestName, type UsbDevice, UsbTransferError, unanswered } from "@busbar/model";

/** A device whose descriptors are random after the fields by which it is found. */
export function withGarbage(device: UsbDevice, seed: number): UsbDevice {
  const { descriptors } = device;
  const random = randomBytes(seed);
  const configurations = descriptors.configurations.map((bytes) =>
    bytes.map((byte, index) => (index < 9 ? byte : random())),
  );
  return replaced(device, { descriptors: { ...descriptors, configurations } });
}

/** How a device is odd: {@link withOddity}. */
export interface Oddity {
  /** Its configuration descriptor, with everything that follows it; as the device has it where left out. */
  readonly configuration?: Uint8Array;
  /** Requests that it stalls, by bmRequestType and bRequest in hex: "21/20". Not those that chapter 9 answers for it. */
  readonly stall?: readonly string[];
  /** Requests that it never answers, likewise. */
  readonly silent?: readonly string[];
}

/** A device that describes itself otherwise, or refuses what it otherwise does. */
export function withOddity(device: UsbDevice, { configuration, stall = [], silent = [] }: Oddity): UsbDevice {
  const { descriptors } = device;
  const control: UsbDevice["control"] = (setup, data, signal) => {
    const name = requestName(setup);
    if (silent.includes(name)) return unanswered(signal);
    if (stall.includes(name)) throw new UsbTransferError("stall", `It refuses ${name}.`);
    return device.control(setup, data, signal);
  };
  const configurations = configuration === undefined ? descriptors.configurations : [configuration];
  return replaced(device, { control, descriptors: { ...descriptors, configurations } });
}

/** The device with some of its members replaced. */
function replaced(device: UsbDevice, members: Partial<UsbDevice>): UsbDevice {
  return new Proxy(device, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
