import { type Random, randomBytes } from "./random.ts";

/** bDescriptorType and bLength of what stands in configurations: USB 2.0 table 9-5; HID, CDC, interface association. */
const kinds = [
  [4, 9],
  [5, 7],
  [5, 9],
  [0x21, 9],
  [0x24, 5],
  [11, 8],
  [2, 9],
] as const;

/** A USB configuration descriptor and what follows it, most of it well formed: USB 2.0 section 9.6. */
export function randomConfiguration(random: Random): Uint8Array {
  const bytes: number[] = [];
  for (let left = random(12); left > 0; left--) {
    const [type, length] = kinds[random(kinds.length)]!;
    // Now and then a length that is a lie, and a type that nobody knows.
    const claimed = random(12) === 0 ? random(256) : length;
    bytes.push(claimed, random(20) === 0 ? random(256) : type, ...randomBytes(length - 2, random));
  }
  if (random(8) === 0) bytes.length = random(bytes.length + 1);
  const total = random(10) === 0 ? random(0x1_0000) : 9 + bytes.length;
  return Uint8Array.of(9, 2, total & 0xff, total >> 8, random(4), 1, 0, 0x80, 50, ...bytes);
}
