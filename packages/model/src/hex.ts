import * as v from "valibot";

/** An address or a register as people write it: `0x0F`. */
export function hexByte(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Bytes as hexadecimal text, `"706b 4367"`: two digits a byte, white space ignored, at least one byte. */
export const hexBytes = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll(/\s/g, "")),
  v.regex(/^([0-9a-f]{2})+$/i, 'expected bytes in hexadecimal, two digits each, such as "706b 4367"'),
  v.transform((digits) => Uint8Array.from(digits.match(/../g)!, (byte) => Number.parseInt(byte, 16))),
);
