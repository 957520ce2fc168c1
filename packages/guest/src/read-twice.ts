/** Reading what does not change, such as a factory calibration: once garbled, it would spoil every value after it. */

/** How `readTwice` reads. */
export interface ReadTwiceOptions {
  /** Whether the bytes can be what they are read for; all bytes alike, for one, are what a stuck bus reads. */
  readonly makesSense: (bytes: Uint8Array) => boolean;
  /** How often is read at most, 2 or more. */
  readonly attempts: number;
  /** Called after bytes that make no sense: waits for a part that may need longer. */
  readonly pause?: () => void;
}

/**
 * Reads until the same bytes came twice in a row and make sense.
 *
 * @param read reads all of it; what it throws is thrown
 * @returns undefined where that did not happen
 */
export function readTwice(
  read: () => Uint8Array,
  { makesSense, attempts, pause }: ReadTwiceOptions,
): Uint8Array | undefined {
  let previous: Uint8Array | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const bytes = read();
    if (!makesSense(bytes)) {
      previous = undefined;
      pause?.();
      continue;
    }
    if (previous !== undefined && isSame(previous, bytes)) return bytes;
    previous = bytes;
  }
  return undefined;
}

/** Whether all bytes are alike: what a bus reads that is held low, or on which nobody answers. */
export function isUniform(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === bytes[0]);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
