import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCounters } from "../src/uart/counters.ts";
import { MarkDecoder } from "../src/uart/marks.ts";
import { encodeTermios, refusedSetting } from "../src/uart/termios.ts";

const seed = 20_261_130;
const line = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1, flowControl: "none" } as const;
const none = new Uint8Array(44);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("struct termios2", () => {
  test("of 9600 baud, 8N1, byte by byte", () => {
    // c_iflag PARMRK | INPCK; c_oflag 0; c_cflag BOTHER | CS8 | CREAD | CLOCAL; c_lflag 0; c_line; c_cc with VMIN 1; both speeds.
    const expected = `18000000${"00000000"}b0180000${"00000000"}00${"000000000000"}01${"00".repeat(12)}8025000080250000`;
    expect(hex(encodeTermios(line, none))).toBe(expected);
  });

  test.each([
    [{ dataBits: 5 }, "80180000"],
    [{ dataBits: 7, parity: "even" }, "a0190000"],
    [{ parity: "odd" }, "b01b0000"],
    [{ parity: "mark" }, "b01b0040"],
    [{ parity: "space" }, "b0190040"],
    [{ stopBits: 2 }, "f0180000"],
    [{ flowControl: "hardware" }, "b0180080"],
  ] as const)("%j is in c_cflag", (changed, flags) => {
    const termios = encodeTermios({ ...line, ...changed }, none);
    expect(hex(termios.subarray(8, 12))).toBe(flags);
    expect(refusedSetting({ ...line, ...changed }, termios)).toBeUndefined();
    expect(refusedSetting(line, termios)).toBeDefined();
  });

  test("what happens when it is closed stays as it was", () => {
    const before = new Uint8Array(44);
    new DataView(before.buffer).setUint32(8, 0o2000, true);
    expect(hex(encodeTermios(line, before).subarray(8, 12))).toBe("b01c0000");
  });
});

test("the counters of a line are where linux/serial.h has them", () => {
  const bytes = new Uint8Array(80);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < 20; index += 1)
    view.setInt32(index * 4, 10 ** index % 1000 === 0 ? index * 100 : index, true);
  expect(decodeCounters(bytes)).toEqual({ frame: 600, parity: 800, overrun: 700 + 1000 });
});

describe("marks", () => {
  test("any bytes that a line carries come through, in any pieces", () => {
    const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0xff, 0x00));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (bytes, piece) => {
        // As n_tty writes them with PARMRK.
        const sent = bytes.flatMap((each) => (each === 0xff ? [0xff, 0xff] : [each]));
        const decoder = new MarkDecoder();
        const received: unknown[] = [];
        for (let at = 0; at < sent.length; at += piece) {
          received.push(...decoder.push(Uint8Array.from(sent.slice(at, at + piece))));
        }
        expect(received).toEqual(bytes);
      }),
      { seed, numRuns: 1000 },
    );
  });

  test("disturbed bytes and breaks are in their places", () => {
    const decoder = new MarkDecoder();
    const sent = [1, 0xff, 0, 0x41, 0xff, 0xff, 0xff, 0, 0, 0xff, 0, 0xff, 2];
    expect(decoder.push(Uint8Array.from(sent))).toEqual([
      1,
      "framing-or-parity",
      0xff,
      "break",
      "framing-or-parity",
      2,
    ]);
  });

  test("what no kernel sends is taken for bytes, and what was begun can be forgotten", () => {
    const decoder = new MarkDecoder();
    expect(decoder.push(Uint8Array.of(0xff, 7))).toEqual([0xff, 7]);
    decoder.push(Uint8Array.of(0xff));
    decoder.reset();
    expect(decoder.push(Uint8Array.of(0, 7))).toEqual([0, 7]);
  });
});
