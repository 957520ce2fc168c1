/** What must hold of every configuration and string, whatever a device sends. Shared by the tests and by `fuzz.ts`. */

import { mutate, type Random, randomBytes, randomConfiguration } from "@busbar/fuzz";
import { DriverError, descriptorsIn, parseConfiguration, parseString } from "../src/index.ts";

/** Configurations that are nearly right, then damaged ones, strings, and any bytes. */
export function randomDescriptors(random: Random, run: number): Uint8Array {
  const kind = run % 10;
  if (kind < 6) return randomConfiguration(random);
  if (kind < 8) return mutate(randomConfiguration(random), random);
  const bytes = randomBytes(random(64), random);
  if (kind === 8 && bytes.length > 1) bytes.set([random(70), 3]);
  return bytes;
}

/**
 * Parses bytes as everything that they can be.
 *
 * @returns whether they are a configuration or a string
 * @throws when a rule is broken
 */
export function exercise(bytes: Uint8Array): boolean {
  for (const descriptor of descriptorsIn(bytes)) {
    rule(descriptor.length === descriptor[0], "a descriptor is as long as it says");
  }
  return [accepted(() => checkConfiguration(bytes)), accepted(() => checkString(bytes))].includes(true);
}

function checkConfiguration(bytes: Uint8Array): void {
  const { interfaces, associations, totalLength } = parseConfiguration(bytes);
  const endpoints = interfaces.flatMap((each) => each.endpoints);
  const extra = [...interfaces, ...endpoints].flatMap((each) => each.extra);
  const used =
    9 * interfaces.length +
    7 * endpoints.length +
    8 * associations.length +
    extra.reduce((sum, { length }) => sum + length, 0);
  rule(used <= Math.min(bytes.length, totalLength), "nothing is there that is not in the bytes");
  rule(
    extra.every(({ buffer, length }) => buffer === bytes.buffer && length >= 2),
    "further descriptors are whole, and not copied",
  );
  rule(
    endpoints.every(({ address }) => (address & 0x70) === 0),
    "reserved bits are left out",
  );
}

function checkString(bytes: Uint8Array): void {
  const text = parseString(bytes);
  rule(text.length * 2 + 2 <= bytes.length, "a text is no longer than its bytes");
  rule(text.isWellFormed(), "no half of a pair is left");
}

function accepted(parse: () => void): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof DriverError) return false;
    throw error;
  }
}

function rule(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken rule: ${what}`);
}
