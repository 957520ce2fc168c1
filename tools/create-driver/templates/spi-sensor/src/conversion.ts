/** From register contents to units, without I/O. FILL IN: the data sheet's format. */

/** One step, in °C. */
export const RESOLUTION = 1 / 128;

/**
 * @param content of the temperature register as a signed number, -32768 to 32767
 * @returns °C
 */
export function convertTemperature(content: number): number {
  return content * RESOLUTION;
}
