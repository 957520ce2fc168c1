/**
 * What the component does, on any connection: the component's own, or one of plain JavaScript for comparison.
 *
 * Data sheets: TI TMP102, SBOS397, revision H, December 2018; NXP PCF8570, "256 x 8-bit static low-voltage RAM with
 * I2C-bus interface", revision 4.
 */

import { toU64, type Wiring } from "@busbar/guest";

/** A connection of wasi:i2c. Its methods throw an Error whose `payload` is the `error-code`. */
export type Connection = Pick<Wiring["bus"], "write" | "writeRead">;

/** The value or the bytes cannot be had for a reason that lies not on the bus. */
export class NotPossible extends Error {
  override readonly name = "NotPossible";
  /** wasi:i2c/i2c `error-code`, which has no case for it. */
  readonly payload = { tag: "other" } as const;
}

/** TMP102 with ADD0 at ground (SBOS397, "Serial Bus Address"). */
const TMP102_ADDRESS = 0x48;
/** The temperature register ("Pointer Register"). */
const TEMPERATURE = 0x00;
/** The four bits below a 12-bit value ("Temperature Register"); bit 0 is set in extended mode. */
const UNUSED_BITS = 0x0f;
/** °C of one step ("Temperature Register"). */
const RESOLUTION = 0.0625;

/** PCF8570, "Functional description": 256 words of 8 bits. */
const MEMORY_BYTES = 256;

/**
 * The last conversion of a TMP102 at 0x48.
 *
 * @returns °C, -128 to 127.9375
 * @throws NotPossible where the register is not in the 12-bit format; what the connection throws
 */
export function getTemperature(connection: Connection): number {
  const bytes = connection.writeRead(TMP102_ADDRESS, Uint8Array.of(TEMPERATURE), toU64(2));
  // Most significant byte first, two's complement.
  const register = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt16(0, false);
  if ((register & UNUSED_BITS) !== 0)
    throw new NotPossible("The register is not in the TMP102's 12-bit format.");
  return (register >> 4) * RESOLUTION;
}

/**
 * Writes bytes to a memory from its byte 0 on, and reads them back.
 *
 * @param address of the memory, 7 bits
 * @param data 1 to 256 bytes
 * @throws NotPossible for any other length; what the connection throws
 */
export function echo(connection: Connection, address: number, data: Uint8Array): Uint8Array {
  if (data.length < 1 || data.length > MEMORY_BYTES)
    throw new NotPossible(`${data.length} bytes do not fit.`);
  connection.write(address, Uint8Array.of(0, ...data));
  return connection.writeRead(address, Uint8Array.of(0), toU64(data.length));
}
