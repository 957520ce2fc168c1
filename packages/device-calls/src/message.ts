/**
 * What goes over the app's input and output: a line of JSON each way. Bytes are `{ "bytes": "0aff" }` there, and an option
 * without a value is null.
 */

import type { DeviceError } from "@busbar/guest";

/** An interface of busbar:device, by its name in WIT. */
export type DeviceInterface = "sensor" | "text-display" | "block-device" | "serial-port" | "hid" | "camera";

/** What the app is asked to do. */
export type Request =
  | {
      /** The device's name in the board file. One that was opened before, and not closed, is forgotten. */
      readonly device: string;
      readonly open: DeviceInterface;
    }
  | {
      /** A device that is open. */
      readonly device: string;
      /** A function of its resource, as JavaScript spells it: "setBrightness". After "close" it is not open any more. */
      readonly call: string;
      /** Its parameters, as a component in JavaScript has them; a u64 is a number. */
      readonly with: readonly unknown[];
    };

/** What came of it. */
export type Answer = { readonly result: unknown } | { readonly error: DeviceError };

/** The line of a request, without its end: ASCII only. */
export function writeRequest(request: Request): string {
  return written(request).replace(/[^ -~]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/**
 * Reads the line of a request.
 *
 * @throws SyntaxError for a line that is no JSON, or has bytes that are none
 */
export function readRequest(line: string): Request {
  return JSON.parse(line, (_, value) => asBytes(value) ?? value) as Request;
}

/** The line of an answer, without its end. */
export function writeAnswer(answer: Answer): string {
  return written(answer);
}

/**
 * Reads the line of an answer; an option without a value is undefined then.
 *
 * @throws SyntaxError for a line that is no JSON, or has bytes that are none
 */
export function readAnswer(line: string): Answer {
  return JSON.parse(line, (_, value) => asBytes(value) ?? value ?? undefined) as Answer;
}

function written(message: Request | Answer): string {
  return JSON.stringify(message, (_, value) => {
    if (value instanceof Uint8Array) return { bytes: hexOf(value) };
    if (typeof value === "bigint") return Number(value);
    return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  });
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** A megabyte at once would be a list of a million texts, which does not fit into a component's memory. */
const PIECE_BYTES = 4096;

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    text += Array.from(bytes.subarray(start, start + PIECE_BYTES), (byte) => HEX[byte]).join("");
  }
  return text;
}

function asBytes(value: unknown): Uint8Array | undefined {
  const { bytes } = (value ?? {}) as { readonly bytes?: unknown };
  if (typeof bytes !== "string") return undefined;
  if (!/^([0-9a-f]{2})*$/.test(bytes)) throw new SyntaxError(`These are no bytes: ${bytes.slice(0, 40)}`);
  const found = new Uint8Array(bytes.length / 2);
  for (let index = 0; index < found.length; index += 1) {
    found[index] = (digit(bytes, 2 * index) << 4) | digit(bytes, 2 * index + 1);
  }
  return found;
}

/** The value of a digit, 0 to 9 or a to f. */
function digit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code <= 0x39 ? code - 0x30 : code - 0x61 + 10;
}
