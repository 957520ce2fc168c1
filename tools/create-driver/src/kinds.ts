/** Which drivers there are templates for. */

import { CreateError } from "./error.ts";

/** What a driver imports. */
export const buses = ["i2c", "spi", "usb"] as const;
/** A bus, as on the command line. */
export type Bus = (typeof buses)[number];

/** What a driver exports: the interfaces of busbar:device that a new driver can have. */
export const devices = ["sensor", "text-display", "hid", "serial-port", "block-device"] as const;
/** A device interface, as on the command line. */
export type Device = (typeof devices)[number];

/** A kind of driver. */
export interface Kind {
  readonly bus: Bus;
  readonly device: Device;
  /** What it is for, for people who choose. */
  readonly purpose: string;
  /** The name in the template that the new one replaces: "my-sensor". */
  readonly placeholder: string;
  /** Whether the part can say which part it is: in a register, or in the descriptors of a USB device. */
  readonly hasId: boolean;
}

/** All kinds; where only one of two has an id, it comes first and is the one that is meant by default. */
export const kinds: readonly Kind[] = [
  { bus: "i2c", device: "sensor", hasId: true, purpose: "measures something", placeholder: "my-sensor" },
  {
    bus: "i2c",
    device: "sensor",
    hasId: false,
    purpose: "measures something, and no register says what it is",
    placeholder: "my-thermometer",
  },
  { bus: "i2c", device: "text-display", hasId: false, purpose: "shows text", placeholder: "my-display" },
  { bus: "spi", device: "sensor", hasId: true, purpose: "measures something", placeholder: "my-spi-sensor" },
  {
    bus: "usb",
    device: "serial-port",
    hasId: true,
    purpose: "moves bytes both ways",
    placeholder: "my-serial-port",
  },
  { bus: "usb", device: "hid", hasId: true, purpose: "has keys, axes, lights", placeholder: "my-hid-device" },
];

/** "--bus i2c --device sensor"; with "--no-id" where there is one with an id, too. */
export function describeKind(kind: Kind): string {
  return `--bus ${kind.bus} --device ${kind.device}${hasTwin(kind) ? " --no-id" : ""}`;
}

/** The folder of a kind's template: "i2c-sensor". */
export function templateOf(kind: Kind): string {
  return `${kind.bus}-${kind.device}${hasTwin(kind) ? "-no-id" : ""}`;
}

/** Whether its part lacks the id that another kind of the same bus and device has. */
function hasTwin(kind: Kind): boolean {
  return !kind.hasId && kinds.some((other) => other.hasId && isSameInterface(other, kind));
}

function isSameInterface(one: Kind, other: Kind): boolean {
  return one.bus === other.bus && one.device === other.device;
}

/**
 * The kinds that are left by what was said. Where bus and device are, at most one is.
 *
 * @param hasId whether the part can say which part it is; undefined where nobody said
 * @throws CreateError when there is none
 */
export function matchingKinds(
  bus: string | undefined,
  device: string | undefined,
  hasId?: boolean,
): readonly Kind[] {
  const named = kinds.filter(
    (kind) => (bus ?? kind.bus) === kind.bus && (device ?? kind.device) === kind.device,
  );
  if (named.length === 0) throw new CreateError(`${whyNot(bus, device)}; choose one of: ${listed(kinds)}.`);
  const matching = named.filter((kind) => hasId === undefined || kind.hasId === hasId);
  if (matching.length === 0) {
    throw new CreateError(
      `A ${named[0]!.device} on ${named[0]!.bus} says itself what it is; leave out --no-id.`,
    );
  }
  return matching.every((kind) => isSameInterface(kind, matching[0]!)) ? matching.slice(0, 1) : matching;
}

function listed(offered: readonly Kind[]): string {
  return offered.map(describeKind).join(", ");
}

function whyNot(bus: string | undefined, device: string | undefined): string {
  if (bus !== undefined && !buses.some((each) => each === bus)) return `There is no bus "${bus}"`;
  if (!devices.some((each) => each === device)) return `There is no device interface "${device}"`;
  // Sticks, disks and card readers share one protocol, for which there is a driver.
  if (device === "block-device")
    return "A block-device is driven by @busbar/mass-storage: there is no template for another";
  return `A ${device} on ${bus} is nothing that there is an interface for`;
}
