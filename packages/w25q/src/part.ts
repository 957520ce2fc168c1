/** Which part it is, by its JEDEC identification (W25Q128JV, revision F, section 8.1.1 "Manufacturer and Device Identification"). */

/** "Winbond Serial Flash". */
const WINBOND = 0xef;

/** The memory type, the ID's second byte: the letters after the size, as far as it tells. */
const TYPES: Readonly<Record<number, string>> = { 64: "", 96: "", 112: "JV-M" };

/** The ID's third byte is the power of two of the size, in bytes: 1 MiB (W25Q80) to 64 MiB (W25Q512), and its number in the name. */
const CAPACITIES: Readonly<Record<number, { readonly megabits: string; readonly bytes: number }>> = {
  20: { megabits: "80", bytes: 2 ** 20 },
  21: { megabits: "16", bytes: 2 ** 21 },
  22: { megabits: "32", bytes: 2 ** 22 },
  23: { megabits: "64", bytes: 2 ** 23 },
  24: { megabits: "128", bytes: 2 ** 24 },
  25: { megabits: "256", bytes: 2 ** 25 },
  // From here on the powers are counted on in decimal: 512 Mbit is 0x20.
  32: { megabits: "512", bytes: 2 ** 26 },
};

/** What three bytes are all of which an address fits into. */
const THREE_BYTES = 2 ** 24;

/** A part of the family. */
export interface Part {
  /** "W25Q128". */
  readonly name: string;
  /** Bytes of the array, a power of two. */
  readonly bytes: number;
  /** How many bytes of an address its instructions have: 4 above 16 MiB. */
  readonly addressBytes: 3 | 4;
}

/** The bytes of the answer to JEDEC_ID. */
export const JEDEC_ID_LENGTH = 3;

/** The part with this identification; undefined where it is no part that is known. */
export function partOf(id: Uint8Array): Part | undefined {
  const [manufacturer, type, capacity] = id;
  const suffix = TYPES[type ?? -1];
  const size = CAPACITIES[capacity ?? -1];
  if (manufacturer !== WINBOND || suffix === undefined || size === undefined) return undefined;
  const addressBytes = size.bytes > THREE_BYTES ? 4 : 3;
  return { name: `W25Q${size.megabits}${suffix}`, bytes: size.bytes, addressBytes };
}
