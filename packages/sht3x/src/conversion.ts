/** From words to units, without I/O (SHT3x-DIS data sheet, version 7, section 4.13). */

/** The largest value of a word: 2^16 - 1. */
const FULL_SCALE = 0xffff;

/**
 * @param S_T 0 to 65535
 * @returns °C, -45 to 130
 */
export function convertTemperature(S_T: number): number {
  return -45 + (175 * S_T) / FULL_SCALE;
}

/**
 * @param S_RH 0 to 65535
 * @returns %RH, 0 to 100
 */
export function convertHumidity(S_RH: number): number {
  return (100 * S_RH) / FULL_SCALE;
}

/** What one step of a word is worth: in °C, and in %RH. */
export const RESOLUTION = { temperature: 175 / FULL_SCALE, humidity: 100 / FULL_SCALE } as const;
