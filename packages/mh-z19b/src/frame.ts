/** The frames of the MH-Z19B as bytes, without I/O. */

import type { FrameFinder } from "@busbar/guest";
import { FRAME_BYTES, READ_CONCENTRATION, SENSOR, START } from "./commands.ts";

/** "Checksum = (negative(byte 1 + byte 2 + ... + byte 7)) + 1": all bytes but the first are 0 together. */
export function checksumOf(frame: Uint8Array): number {
  const sum = frame.subarray(1, FRAME_BYTES - 1).reduce((total, byte) => total + byte, 0);
  return (0x100 - (sum & 0xff)) & 0xff;
}

/** A command with its five bytes of data; what is left out is 0. */
export function commandOf(command: number, data: readonly number[] = []): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES);
  frame.set([START, SENSOR, command, ...data]);
  frame[FRAME_BYTES - 1] = checksumOf(frame);
  return frame;
}

/** "Detection range setting": the range is in bytes 4 to 7, the highest first (version 1.2; 1.0 had it elsewhere, which parts do not take). */
export function rangeData(ppm: number): number[] {
  return [0, (ppm >>> 24) & 0xff, (ppm >>> 16) & 0xff, (ppm >>> 8) & 0xff, ppm & 0xff];
}

/**
 * Finds answers to "Read CO2 concentration" among bytes: 0xFF, 0x86, and a checksum that is right. Whatever else comes is passed over
 * byte by byte: an answer to another command, or half of one.
 */
export class ConcentrationFinder implements FrameFinder<number> {
  #kept: number[] = [];

  /** Parts per million: "CO2 concentration = HIGH * 256 + LOW". */
  push(bytes: Uint8Array): number | undefined {
    this.#kept.push(...bytes);
    while (this.#kept.length >= FRAME_BYTES) {
      const frame = Uint8Array.from(this.#kept.slice(0, FRAME_BYTES));
      const isAnswer = frame[0] === START && frame[1] === READ_CONCENTRATION;
      if (isAnswer && frame[FRAME_BYTES - 1] === checksumOf(frame)) {
        this.#kept.splice(0, FRAME_BYTES);
        return new DataView(frame.buffer).getUint16(2, false);
      }
      this.#kept.shift();
    }
    return undefined;
  }

  reset(): void {
    this.#kept = [];
  }

  /** Whether anything has come that is no answer. */
  get isDisturbed(): boolean {
    return this.#kept.length > 0;
  }
}
