/**
 * Writes a number as data sheets do.
 *
 * @param value a whole number, 0 or more
 * @param digits at least this many hex digits
 * @returns "0x0A" for 10
 */
export function hex(value: number, digits = 2): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}
