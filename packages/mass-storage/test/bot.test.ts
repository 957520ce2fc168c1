import { DriverError } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import {
  BULK_ONLY_RESET,
  completionOf,
  decodeCommand,
  decodeStatus,
  encodeCommand,
  GET_MAX_LUN,
  isStatusOf,
} from "../src/bot.ts";
import { bytes, hex } from "./hex.ts";
import vectors from "./vectors/usb_mass_storage.json" with { type: "json" };

describe("command wrappers", () => {
  test.each(vectors.bot_cbw)("vector $name", ({ cbw_hex, fields }) => {
    const length = fields.dCBWDataTransferLength;
    const command = {
      lun: fields.lun,
      block: bytes(fields.cdb),
      direction: length === 0 ? "none" : fields.direction === "in" ? "in" : "out",
      length,
    } as const;
    expect(fields.cdb_length).toBe(command.block.length);
    expect(hex(encodeCommand(fields.dCBWTag, command))).toBe(cbw_hex);
    expect(decodeCommand(bytes(cbw_hex))).toEqual({ tag: fields.dCBWTag, ...command });
  });

  test.each([
    ["30 bytes", (wrapper: Uint8Array) => wrapper.subarray(0, 30)],
    ["another signature", (wrapper: Uint8Array) => wrapper.with(0, 0x54)],
    ["unit 16", (wrapper: Uint8Array) => wrapper.with(13, 16)],
    ["a command of no bytes", (wrapper: Uint8Array) => wrapper.with(14, 0)],
    ["a command of 17 bytes", (wrapper: Uint8Array) => wrapper.with(14, 17)],
  ])("no wrapper: %s", (_, spoil) => {
    expect(decodeCommand(spoil(bytes(vectors.bot_cbw[0]!.cbw_hex)))).toBeUndefined();
  });

  test.each([
    { lun: 16, block: new Uint8Array(6) },
    { lun: 0, block: new Uint8Array(17) },
    { lun: 0, block: new Uint8Array(0) },
  ])("what no wrapper holds is a bug", ({ lun, block }) => {
    expect(() => encodeCommand(1, { lun, block, direction: "none", length: 0 })).toThrow(RangeError);
  });
});

describe("status wrappers", () => {
  const [passed, residue, short] = vectors.bot_csw.map(({ csw_hex }) => csw_hex) as [string, string, string];

  test("vector passed", () => {
    expect(decodeStatus(bytes(passed))).toEqual({ tag: 0x78563412, residue: 0, status: "passed" });
    expect(isStatusOf(0x78563412, bytes(passed))).toBe(true);
    expect(isStatusOf(0x78563413, bytes(passed))).toBe(false);
  });

  test("vector residue: 36 of 512 bytes are valid", () => {
    const wrapper = decodeStatus(bytes(residue));
    expect(completionOf(4, { direction: "in", length: 512 }, 512, wrapper)).toEqual({
      passed: true,
      processed: 36,
    });
  });

  test("vector short_12 is rejected", () => {
    expect(() => decodeStatus(bytes(short))).toThrow(DriverError);
    expect(isStatusOf(4, bytes(short))).toBe(false);
  });

  test("without its signature, it is none", () => {
    expect(() => decodeStatus(bytes(passed).with(3, 0x21))).toThrow("without its signature");
  });

  test.each([
    [1, "failed"],
    [2, "phase-error"],
    [3, "reserved"],
    [255, "reserved"],
  ])("bCSWStatus %i", (value, status) => {
    expect(decodeStatus(bytes(passed).with(12, value)).status).toBe(status);
  });
});

describe("what a status says of its command", () => {
  const command = { direction: "in", length: 512 } as const;

  test.each([
    ["another tag", { tag: 2, residue: 0, status: "passed" }],
    ["a phase error", { tag: 1, residue: 0, status: "phase-error" }],
    ["a reserved value", { tag: 1, residue: 0, status: "reserved" }],
  ] as const)("%s: they disagree", (_, wrapper) => {
    expect(completionOf(1, command, 512, wrapper)).toBeUndefined();
  });

  test("more left over than asked for is everything", () => {
    const wrapper = { tag: 1, residue: 513, status: "passed" } as const;
    expect(completionOf(1, command, 512, wrapper)).toEqual({ passed: true, processed: 0 });
  });

  test("less was sent than the residue says: what was sent counts", () => {
    const wrapper = { tag: 1, residue: 0, status: "passed" } as const;
    expect(completionOf(1, command, 100, wrapper)).toEqual({ passed: true, processed: 100 });
  });

  test("a stall hides how much was sent: the residue counts", () => {
    const wrapper = { tag: 1, residue: 476, status: "failed" } as const;
    expect(completionOf(1, command, undefined, wrapper)).toEqual({ passed: false, processed: 36 });
  });

  test("no data, no bytes", () => {
    const wrapper = { tag: 1, residue: 0, status: "passed" } as const;
    expect(completionOf(1, { direction: "none", length: 0 }, 0, wrapper)).toEqual({
      passed: true,
      processed: 0,
    });
  });
});

test("vector class requests", () => {
  const [reset, lun] = vectors.control_requests.map(({ setup }) => bytes(setup)[1]);
  expect(reset).toBe(BULK_ONLY_RESET);
  expect(lun).toBe(GET_MAX_LUN);
});
