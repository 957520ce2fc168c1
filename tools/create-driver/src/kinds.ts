/** Which drivers there are templates for. */

import { CreateError } from "./error.ts";

/** What a driver imports. */
export const buses = ["i2c", "usb"] as const;
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
}

/** All kinds; the template of each is the folder `<bus>-<device>`. */
export const kinds: readonly Kind[] = [
  { bus: "i2c", device: "sensor", purpose: "measures something", placeholder: "my-sensor" },
  { bus: "i2c", device: "text-display", purpose: "shows text", placeholder: "my-display" },
  { bus: "usb", device: "serial-port", purpose: "moves bytes both ways", placeholder: "my-serial-port" },
  { bus: "usb", device: "hid", purpose: "has keys, axes, lights", placeholder: "my-hid-device" },
];

/** "--bus i2c --device sensor". */
export function describeKind({ bus, device }: Kind): string {
  return `--bus ${bus} --device ${device}`;
}

/**
 * The kinds that are left by what was said.
 *
 * @throws CreateError when there is none
 */
export function matchingKinds(bus: string | undefined, device: string | undefined): readonly Kind[] {
  const matching = kinds.filter(
    (kind) => (bus ?? kind.bus) === kind.bus && (device ?? kind.device) === kind.device,
  );
  if (matching.length > 0) return matching;
  const offered = kinds.map(describeKind).join(", ");
  throw new CreateError(`${whyNot(bus, device)}; choose one of: ${offered}.`);
}

function whyNot(bus: string | undefined, device: string | undefined): string {
  if (bus !== undefined && !buses.some((each) => each === bus)) return `There is no bus "${bus}"`;
  if (!devices.some((each) => each === device)) return `There is no device interface "${device}"`;
  // Sticks, disks and card readers share one protocol, for which there is a driver.
  if (device === "block-device")
    return "A block-device is driven by @busbar/mass-storage: there is no template for another";
  return `A ${device} on ${bus} is nothing that there is an interface for`;
}
