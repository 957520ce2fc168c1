/**
 * The bytes of a conversion, and volts, without I/O (DS21295D, section 5.0 "Serial Communications", section 6.1 "Using the
 * MCP3004/3008 with Microcontroller (MCU) SPI Ports").
 */

/** Codes of the converter: 10 bits (section 4.2). */
export const CODES = 1024;

/** In the first byte: what begins a conversion, last of eight bits so that the answer ends with a byte (figure 6-1). */
const START = 0x01;
/** In the second byte: the input against ground, and not the inputs of a pair against each other (table 5-1). */
const SINGLE_ENDED = 0x80;
/** In the second byte: D2, D1 and D0 (tables 5-1 and 5-2). */
const SELECT_SHIFT = 4;
/** In the answer's second byte: a low bit before the first of the code. */
const NULL_BIT = 0x04;
/** In the answer's second byte: B9 and B8. */
const UPPER_BITS = 0x03;

/** What is measured: one input against ground; or an even input against the odd one after it, or the other way round. */
export interface Selection {
  readonly mode: "single-ended" | "differential";
  /** D2 to D0: the number of the input; in differential mode of the positive one. */
  readonly input: number;
}

/** The bytes that are sent for a conversion. */
export function requestOf({ mode, input }: Selection): Uint8Array {
  return Uint8Array.of(START, (mode === "single-ended" ? SINGLE_ENDED : 0) | (input << SELECT_SHIFT), 0);
}

/**
 * The code in the bytes that came meanwhile.
 *
 * @returns 0 to 1023; undefined where the bit before the code is not low: nobody drives the line
 */
export function codeIn(answer: Uint8Array): number | undefined {
  const [, upper = 0xff, lower = 0xff] = answer;
  return (upper & NULL_BIT) === 0 ? ((upper & UPPER_BITS) << 8) | lower : undefined;
}

/** Volts of a code: equation 4-2 the other way round. */
export function voltsOf(code: number, referenceVolts: number): number {
  return (code * referenceVolts) / CODES;
}
