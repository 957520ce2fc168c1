/** From register contents to units and back, without I/O (SBOS397, "Temperature Register", "Extended Mode"). */

import { TemperatureFixed } from "./registers.ts";

/** One step, in °C, in both formats. */
export const RESOLUTION = 0.0625;

/** Bits below the value: 12 bits, or 13 in extended mode, stand left-aligned in 16. */
const unusedBits = (extended: boolean) => (extended ? 3 : 4);

/**
 * @param content of the temperature register, 0 to 65535
 * @param extended whether the part is in extended mode
 * @returns °C; `undefined` where the fixed bits are not those of this mode
 */
export function convertTemperature(content: number, extended: boolean): number | undefined {
  const { mask, value } = extended ? TemperatureFixed.EXTENDED : TemperatureFixed.NORMAL;
  if ((content & mask) !== value) return undefined;
  // The sign is in bit 15 in both formats: as a 32-bit number's, it is kept by the shift to the right.
  return ((content << 16) >> (16 + unusedBits(extended))) * RESOLUTION;
}

/**
 * The content of a limit register.
 *
 * @param celsius whole °C: -128 to 127, -256 to 255 in extended mode
 * @returns 0 to 65535
 */
export function encodeLimit(celsius: number, extended: boolean): number {
  return ((celsius / RESOLUTION) << unusedBits(extended)) & 0xffff;
}
