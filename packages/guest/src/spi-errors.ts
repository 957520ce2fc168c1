/** What wasi:spi throws, as the one error of drivers. */

import { DriverError, payloadOf } from "./errors.ts";
import type { BusFaultKind, SpiError } from "./wit.ts";

/** Every case of wasi:spi's `error`, and what it means to a person; `other` brings its own sentence. */
const faults: Readonly<Record<SpiError["tag"], readonly [kind: BusFaultKind, meaning: string]>> = {
  overrun: ["overrun", "the controller was too slow"],
  "mode-fault": ["arbitration-loss", "another controller drives the chip select"],
  "frame-format": ["bus", "a frame of a wrong format"],
  "chip-select-fault": ["bus", "the chip select could not be driven"],
  other: ["other", ""],
};

/**
 * Turns what a call of wasi:spi threw into a `bus` error.
 *
 * @param error an Error whose `payload` is a wasi:spi `error`, as both engines make it; a DriverError is returned as it is
 * @param doing what the driver was doing: "reading 3 bytes"
 * @throws `error` itself when it is neither: that is a bug, and must not look like a fault of the bus
 */
export function spiFault(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const { tag, val } = payloadOf(error);
  if (typeof tag !== "string" || !Object.hasOwn(faults, tag)) throw error;
  const [kind, meaning] = faults[tag as SpiError["tag"]];
  const reason = tag === "other" && typeof val === "string" ? val : meaning;
  return DriverError.bus(kind, reason === "" ? doing : `${doing} (${reason})`, { cause: error });
}
