/// <reference types="node" />

/** Bytes from hex, as reports are documented. */
export const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));

/** A copy with some bytes changed, by their offset. */
export function changed(original: Uint8Array, change: Readonly<Record<number, number>>): Uint8Array {
  const copy = Uint8Array.from(original);
  for (const [offset, value] of Object.entries(change)) copy[Number(offset)] = value;
  return copy;
}
