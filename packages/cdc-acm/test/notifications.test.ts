/** Line codings, breaks and notifications beyond the vectors. */

import { describe, expect, test } from "vitest";
import {
  CdcError,
  decodeLineCoding,
  decodeSerialState,
  encodeLineCoding,
  NotificationAssembler,
  sendBreak,
} from "../src/index.ts";
import { bytes } from "./support.ts";

const serialState = bytes("a1200000000002000300");

describe("a notification", () => {
  test.each([1, 2, 7, 8, 9, 10])("in packets of %i is put together", (packetBytes) => {
    const assembler = new NotificationAssembler();
    for (let round = 0; round < 3; round += 1) {
      for (let offset = 0; offset < serialState.length; offset += packetBytes) {
        const notification = assembler.add(serialState.subarray(offset, offset + packetBytes));
        const isLast = offset + packetBytes >= serialState.length;
        expect(notification?.code).toBe(isLast ? 0x20 : undefined);
        if (isLast) expect([...notification!.data]).toEqual([3, 0]);
      }
    }
  });

  test("that is none does not spoil the next one", () => {
    const assembler = new NotificationAssembler();
    expect(() => assembler.add(bytes("0102"))).toThrow(CdcError);
    expect(() => assembler.add(bytes("a120000000000200030000"))).toThrow(CdcError);
    expect(() => assembler.add(bytes("a12000000000ffff"))).toThrow(CdcError);
    expect(() => assembler.add(new Uint8Array(300).fill(0xa1))).toThrow(CdcError);
    expect(assembler.add(new Uint8Array())).toBeUndefined();
    expect(assembler.add(serialState)?.code).toBe(0x20);
  });
});

test.each([
  [0x01, "carrierDetect"],
  [0x02, "dataSetReady"],
  [0x04, "breakReceived"],
  [0x08, "ring"],
  [0x10, "framingError"],
  [0x20, "parityError"],
  [0x40, "overrun"],
] as const)("bit %i of the serial state is %s", (bit, name) => {
  const set = Object.entries(decodeSerialState(Uint8Array.of(bit, 0))).filter(([, value]) => value);
  expect(set).toEqual([[name, true]]);
  expect(() => decodeSerialState(Uint8Array.of(bit))).toThrow(CdcError);
});

describe("what cannot be sent is refused", () => {
  const settings = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: "one" } as const;

  test.each([
    { baudRate: 0 },
    { baudRate: 0x1_0000_0000 },
    { baudRate: 1.5 },
    { dataBits: 9 },
    { parity: "both" as "none" },
    { stopBits: "three" as "one" },
  ])("line settings %o", (wrong) => {
    expect(() => encodeLineCoding({ ...settings, ...wrong })).toThrow(CdcError);
  });

  test.each([-1, 65_535, 0.5])("a break of %d ms", (durationMs) => {
    expect(() => sendBreak(durationMs, 0)).toThrow(CdcError);
  });
});

test.each(["80250000000508", "80250000000004", "8025000000000800", ""])(
  "the line coding %s is refused",
  (hex) => {
    expect(() => decodeLineCoding(bytes(hex))).toThrow(CdcError);
  },
);
