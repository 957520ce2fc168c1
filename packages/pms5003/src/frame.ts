/** The frames of the PMS5003 as bytes, without I/O. */

import type { FrameFinder } from "@busbar/guest";
import { ANSWER_LENGTH, START_1, START_2, VALUES_LENGTH } from "./commands.ts";

/** What a frame says. Concentrations are in µg/m³, and numbers of particles in 0.1 litre of air. */
export interface Values {
  /** "CF=1, standard particle": as for the particles that it was calibrated with. */
  readonly standard: Concentrations;
  /** "Under atmospheric environment". */
  readonly atmospheric: Concentrations;
  /** Of particles beyond 0.3, 0.5, 1.0, 2.5, 5.0 and 10 µm. */
  readonly numbers: readonly [number, number, number, number, number, number];
}

/** Of particles up to 1.0, 2.5 and 10 µm. */
export interface Concentrations {
  readonly pm1: number;
  readonly pm25: number;
  readonly pm10: number;
}

/** "Check code": the sum of all bytes before it. */
function sumOf(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum + byte, 0) & 0xffff;
}

/** A command with its two bytes of data, of which the first is always 0. */
export function commandOf(command: number, data = 0): Uint8Array {
  const bytes = [START_1, START_2, command, 0, data];
  const sum = sumOf(bytes);
  return Uint8Array.of(...bytes, sum >> 8, sum & 0xff);
}

/**
 * Finds frames of values among bytes. What is none is passed over byte by byte: answers to commands, frames with a wrong check code, and
 * the rest of a frame whose beginning nobody heard, in which there may be a start.
 */
export class ValuesFinder implements FrameFinder<Values> {
  #kept: number[] = [];
  #came = 0;

  push(bytes: Uint8Array): Values | undefined {
    this.#came += bytes.length;
    this.#kept.push(...bytes);
    for (;;) {
      while (this.#kept.length > 0 && !this.#mayBegin()) this.#kept.shift();
      if (this.#kept.length < 4) return undefined;
      const end = 4 + this.#length;
      if (this.#kept.length < end) return undefined;
      const frame = this.#kept.slice(0, end);
      const check = frame[end - 2]! * 256 + frame[end - 1]!;
      if (check !== sumOf(frame.slice(0, end - 2))) {
        this.#kept.shift();
        continue;
      }
      this.#kept.splice(0, end);
      if (end === 4 + VALUES_LENGTH) return valuesOf(Uint8Array.from(frame));
    }
  }

  reset(): void {
    this.#kept = [];
  }

  /** Whether anything has come at all. */
  get hasHeard(): boolean {
    return this.#came > 0;
  }

  get #length(): number {
    return this.#kept[2]! * 256 + this.#kept[3]!;
  }

  /** Whether what is kept is the beginning of a frame, so far as there is one: no more than a frame is ever kept. */
  #mayBegin(): boolean {
    const [first, second, high, low] = this.#kept;
    if (first !== START_1 || (second !== undefined && second !== START_2)) return false;
    if (high !== undefined && high !== 0) return false;
    return low === undefined || low === VALUES_LENGTH || low === ANSWER_LENGTH;
  }
}

/** "Data 1" to "Data 12"; 13 is reserved. High bytes come first. */
function valuesOf(frame: Uint8Array): Values {
  const view = new DataView(frame.buffer);
  const data = (number: number) => view.getUint16(2 + 2 * number, false);
  return {
    standard: { pm1: data(1), pm25: data(2), pm10: data(3) },
    atmospheric: { pm1: data(4), pm25: data(5), pm10: data(6) },
    numbers: [data(7), data(8), data(9), data(10), data(11), data(12)],
  };
}
