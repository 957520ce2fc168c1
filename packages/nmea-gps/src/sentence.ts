/** Sentences of NMEA 0183 as text, without I/O. */

import type { FrameFinder } from "@busbar/guest";

/** A sentence whose checksum is right. */
export interface Sentence {
  /** Who speaks: "GP" for GPS, "GN" for several systems together. */
  readonly talker: string;
  /** What it says: "GGA". */
  readonly type: string;
  /** What follows the address, between the commas; empty where the receiver does not know. */
  readonly fields: readonly string[];
}

/**
 * NMEA 0183 has 82 characters at most from "$" to the line's end (5.3); receivers of high precision have some more decimals than that has
 * room for. What is longer is no sentence.
 */
const longestSentence = 120;

/** The systems of satellites, and several of them together (NMEA 0183, talker identifiers): GPS, Galileo, BeiDou, NavIC, GLONASS, QZSS. */
const talkers = new Set(["GP", "GA", "GB", "GI", "GL", "GQ", "GN"]);

const DOLLAR = 0x24;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** The exclusive or of all characters between "$" and "*" (NMEA 0183, 5.3.1). */
export function checksumOf(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) sum ^= text.charCodeAt(index);
  return sum;
}

/**
 * Reads a line.
 *
 * @param line from its "$" on, without its end
 * @returns undefined where it is no sentence of a satellite receiver, or its checksum is wrong or missing
 */
export function parseSentence(line: string): Sentence | undefined {
  const [, text, checksum] = /^\$([\x20-\x7e]+)\*([0-9A-Fa-f]{2})$/.exec(line) ?? [];
  if (text === undefined || checksumOf(text) !== Number.parseInt(checksum!, 16)) return undefined;
  const [address, ...fields] = text.split(",");
  const talker = address!.slice(0, 2);
  if (address!.length !== 5 || !talkers.has(talker)) return undefined;
  return { talker, type: address!.slice(2), fields };
}

/** Finds sentences among bytes: from "$" to the line's end. What is no sentence is passed over up to the next "$". */
export class SentenceFinder implements FrameFinder<Sentence> {
  /** From "$" on; undefined before one. */
  #line: string | undefined;
  /** What came behind a sentence. */
  #later: Uint8Array = new Uint8Array();
  #came = 0;

  push(bytes: Uint8Array): Sentence | undefined {
    const all = this.#later.length === 0 ? bytes : Uint8Array.of(...this.#later, ...bytes);
    this.#came += bytes.length;
    for (const [index, byte] of all.entries()) {
      const sentence = this.#next(byte);
      if (sentence === undefined) continue;
      this.#later = all.slice(index + 1);
      return sentence;
    }
    this.#later = new Uint8Array();
    return undefined;
  }

  reset(): void {
    this.#line = undefined;
    this.#later = new Uint8Array();
  }

  /** Whether anything has come at all. */
  get hasHeard(): boolean {
    return this.#came > 0;
  }

  #next(byte: number): Sentence | undefined {
    if (byte === DOLLAR) {
      this.#line = "$";
      return undefined;
    }
    if (this.#line === undefined) return undefined;
    if (byte === CARRIAGE_RETURN || byte === LINE_FEED) {
      const line = this.#line;
      this.#line = undefined;
      return parseSentence(line);
    }
    if (this.#line.length < longestSentence) this.#line += String.fromCharCode(byte);
    else this.#line = undefined;
    return undefined;
  }
}
