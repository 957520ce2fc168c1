/** host/verdicts/linux-uart.json, which a host in another language answers as well. */
import { endianness } from "node:os";
import type { UartLineSettings } from "@busbar/host/backend";
import { describe, expect, test } from "vitest";
import verdicts from "../../verdicts/linux-uart.json" with { type: "json" };
import { ErrnoError } from "../src/linux/errno.ts";
import * as constants from "../src/uart/constants.ts";
import { decodeCounters } from "../src/uart/counters.ts";
import { UART_ERRNOS, uartCallError } from "../src/uart/errno.ts";
import { MarkDecoder } from "../src/uart/marks.ts";
import { encodeTermios, refusedSetting } from "../src/uart/termios.ts";

const isLittleEndian = endianness() === "LE";

/** What of a structure is not 0: numbers `[at, bytes, value]` in the machine's order. */
function bytesOf(fields: readonly (readonly number[])[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [at, length, value] of fields) {
    if (length === 1) view.setUint8(at!, value!);
    else view.setUint32(at!, value!, isLittleEndian);
  }
  return bytes;
}

const nothing = new Uint8Array(constants.TERMIOS2_SIZE);

test.each(verdicts.requests)("$name", ({ name, number }) => {
  expect((constants as Record<string, unknown>)[name]).toBe(Number(number));
});

test.each(verdicts.lines)("$name: what is set", ({ line, before, fields }) => {
  const found = bytesOf(before ?? [], constants.TERMIOS2_SIZE);
  expect(encodeTermios(line as UartLineSettings, found)).toEqual(bytesOf(fields, constants.TERMIOS2_SIZE));
});

test.each(verdicts.refused)("$name: what was not taken", ({ asked, has, setting }) => {
  const set = encodeTermios(has as UartLineSettings, nothing);
  expect(refusedSetting(asked as UartLineSettings, set)).toBe(setting);
});

test.each(verdicts.marks)("$name: what was marked", ({ pushed, marked }) => {
  const decoder = new MarkDecoder();
  const pieces = pushed.map((hex) => Buffer.from(hex.replaceAll(" ", ""), "hex"));
  expect(pieces.flatMap((piece) => decoder.push(piece))).toEqual(marked);
});

test.each(verdicts.counters)("$name", ({ fields, counters }) => {
  expect(decodeCounters(bytesOf(fields, constants.ICOUNTER_SIZE))).toEqual(counters);
});

describe("errnos", () => {
  test.each(verdicts.errnos)("errno $errno of a port", ({ errno, code, message }) => {
    const error = uartCallError(new ErrnoError("ioctl", errno), "/dev/ttyUSB0");
    expect(error.payload).toEqual(code);
    expect(error.message).toBe(message);
  });

  test("the whole table is there", () => {
    const known = new Set(verdicts.errnos.map(({ errno }) => errno));
    expect(UART_ERRNOS.map(({ errno }) => errno).filter((errno) => !known.has(errno))).toEqual([]);
  });
});
