/** What must hold of every descriptor, whatever a device sends. Shared by the tests and by `fuzz.ts`. */

import { mutate, type Random, randomBytes, randomConfiguration } from "@busbar/fuzz";
import { parseConfigurationDescriptor, parseDeviceDescriptor } from "../src/bus/usb/descriptors.ts";

const DEVICE_LENGTH = 18;

/** Configurations that are nearly right, damaged ones, device descriptors, and any bytes. */
export function randomDescriptors(random: Random, run: number): Uint8Array {
  const kind = run % 10;
  if (kind < 6) return randomConfiguration(random);
  if (kind < 8) return mutate(randomConfiguration(random), random);
  const bytes = randomBytes(random(64), random);
  if (kind === 8 && bytes.length > 1) bytes.set([DEVICE_LENGTH, 1]);
  return bytes;
}

/**
 * Parses bytes as everything that they can be.
 *
 * @returns whether they are a descriptor
 * @throws when a rule is broken
 */
export function exercise(bytes: Uint8Array): boolean {
  const device = parseDeviceDescriptor(bytes);
  rule(device === undefined || bytes.length >= DEVICE_LENGTH, "a device descriptor has 18 bytes");
  const configuration = parseConfigurationDescriptor(bytes);
  if (configuration === undefined) return device !== undefined;
  const { interfaces, totalLength } = configuration;
  const endpoints = interfaces.flatMap((each) => each.endpoints);
  const used = 9 * interfaces.length + 7 * endpoints.length;
  rule(used <= Math.min(bytes.length, totalLength), "nothing is there that is not in the bytes");
  rule(
    endpoints.every(({ endpointAddress }) => (endpointAddress & 0x70) === 0),
    "reserved bits are left out",
  );
  rule(
    [...interfaces, ...endpoints].every((each) => Object.values(each).every((value) => value !== undefined)),
    "nothing is read past the end",
  );
  return true;
}

function rule(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken rule: ${what}`);
}
