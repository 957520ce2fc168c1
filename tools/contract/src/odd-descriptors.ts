/** Configuration descriptors that are odd, the same for the same seed. */

import { randomOf } from "./random.ts";

const CONFIGURATION = 2;
const STANDARD: ReadonlySet<number> = new Set([2, 4, 5, 11]);

/**
 * Makes a configuration odd.
 *
 * @param usual a configuration descriptor with all that follows it
 * @param kind "class": only descriptors of the class change, each whole: cut short, made longer, doubled, left out, moved
 *   behind the next, or with other contents; "any": any descriptor, and any byte
 */
export function oddConfiguration(usual: Uint8Array, seed: number, kind: "class" | "any"): Uint8Array {
  const random = randomOf(seed);
  const descriptors: number[][] = [];
  for (const descriptor of split(usual)) {
    const [, type] = descriptor;
    const mayChange = type !== CONFIGURATION && (kind === "any" || !STANDARD.has(type!));
    descriptors.push(...(mayChange && random(2) === 0 ? changed(descriptor, random) : [descriptor]));
  }
  const bytes = descriptors.flat();
  bytes[2] = bytes.length & 0xff; // wTotalLength
  bytes[3] = bytes.length >> 8;
  for (let count = kind === "any" ? random(4) : 0; count > 0; count -= 1) {
    bytes[9 + random(Math.max(1, bytes.length - 9))] = random(256);
  }
  return Uint8Array.from(bytes);
}

function split(bytes: Uint8Array): number[][] {
  const found: number[][] = [];
  for (let offset = 0; offset < bytes.length; offset += bytes[offset]!) {
    found.push([...bytes.subarray(offset, offset + bytes[offset]!)]);
  }
  return found;
}

/** What becomes of one descriptor: bLength is always what there is. */
function changed(descriptor: number[], random: (count: number) => number): number[][] {
  const [length, type, ...rest] = descriptor as [number, number, ...number[]];
  const whole = (content: number[]) => [content.length + 2, type, ...content];
  switch (random(6)) {
    case 0:
      return [whole(rest.slice(0, random(length - 1)))];
    case 1:
      return [whole([...rest, random(256), random(256)])];
    case 2:
      return [descriptor, whole(rest.map((byte, index) => (index === 0 ? byte : random(256))))];
    case 3:
      return [];
    case 4:
      return [whole(rest.map((byte, index) => (index === 0 ? byte : random(256))))];
    default:
      return [whole(rest.map(() => random(256))), descriptor];
  }
}
