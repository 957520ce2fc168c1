import { describe, expect, test } from "vitest";
import { parseFrame } from "../src/frame.ts";

/** A frame of the table's bits. */
function frame(thermocouple: string, internal = "0000 0000 0000", low = "0000", fault = "0"): Uint8Array {
  const bits = `${thermocouple}0${fault}${internal}${low}`.replaceAll(" ", "");
  return Uint8Array.from({ length: 4 }, (_, index) =>
    Number.parseInt(bits.slice(8 * index, 8 * index + 8), 2),
  );
}

describe("the tables of the data sheet", () => {
  test.each([
    [1600, "0110 0100 0000 00"],
    [1000, "0011 1110 1000 00"],
    [100.75, "0000 0110 0100 11"],
    [25, "0000 0001 1001 00"],
    [0, "0000 0000 0000 00"],
    [-0.25, "1111 1111 1111 11"],
    [-1, "1111 1111 1111 00"],
    [-250, "1111 0000 0110 00"],
  ])("%d °C of the thermocouple (table 4)", (celsius, bits) => {
    expect(parseFrame(frame(bits))).toEqual({ kind: "measured", thermocouple: celsius, internal: 0 });
  });

  test.each([
    [127, "0111 1111 0000"],
    [100.5625, "0110 0100 1001"],
    [25, "0001 1001 0000"],
    [0, "0000 0000 0000"],
    [-0.0625, "1111 1111 1111"],
    [-1, "1111 1111 0000"],
    [-20, "1110 1100 0000"],
    [-55, "1100 1001 0000"],
  ])("%d °C of the part (table 5)", (celsius, bits) => {
    const measured = { kind: "measured", thermocouple: 25, internal: celsius };
    expect(parseFrame(frame("0000 0001 1001 00", bits))).toEqual(measured);
  });

  test.each([
    ["0001", "is open"],
    ["0010", "is shorted to ground"],
    ["0100", "is shorted to the supply"],
  ])("fault bits %s (table 3)", (low, fault) => {
    expect(parseFrame(frame("0000 0001 1001 00", "0001 1001 0000", low, "1"))).toEqual({
      kind: "fault",
      fault,
    });
  });
});

describe("no MAX31855 sends", () => {
  test.each([
    ["D17", Uint8Array.of(0x01, 0x92, 0x19, 0x00)],
    ["D3", Uint8Array.of(0x01, 0x90, 0x19, 0x08)],
    ["a fault without D16", Uint8Array.of(0x01, 0x90, 0x19, 0x01)],
    ["D16 without a fault", Uint8Array.of(0x01, 0x91, 0x19, 0x00)],
    ["all ones", Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  ])("%s", (_, bytes) => expect(parseFrame(bytes)).toEqual({ kind: "nonsense" }));
});

test("reads a frame that is a part of a larger buffer", () => {
  const buffer = Uint8Array.of(9, 9, 0x01, 0x90, 0x19, 0x00);
  expect(parseFrame(buffer.subarray(2))).toEqual({ kind: "measured", thermocouple: 25, internal: 25 });
});
