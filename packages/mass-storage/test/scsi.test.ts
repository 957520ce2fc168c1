import { DriverError } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import * as scsi from "../src/scsi.ts";
import { describeSense, parseSense } from "../src/sense.ts";
import { bytes, hex } from "./hex.ts";
import vectors from "./vectors/usb_mass_storage.json" with { type: "json" };

const vector = (name: string) => bytes(vectors.scsi_data.find((each) => each.name === name)!.data_hex);

/** Command blocks as SPC-4 and SBC-3 show them, written out by hand. */
test.each([
  ["TEST UNIT READY", scsi.testUnitReady(), "000000000000"],
  ["REQUEST SENSE", scsi.requestSense(18), "030000001200"],
  ["INQUIRY", scsi.inquiry(36), "120000002400"],
  ["INQUIRY of 256", scsi.inquiry(256), "120000010000"],
  ["MODE SENSE (6)", scsi.modeSense6(0x3f, 192), "1a003f00c000"],
  ["START", scsi.startStopUnit(true), "1b0000000100"],
  ["EJECT", scsi.startStopUnit(false, true), "1b0000000200"],
  ["READ CAPACITY (10)", scsi.readCapacity10(), "25000000000000000000"],
  ["READ CAPACITY (16)", scsi.readCapacity16(), "9e100000000000000000000000200000"],
  ["SYNCHRONIZE CACHE (10)", scsi.synchronizeCache10(), "35000000000000000000"],
  ["READ (10)", scsi.read(0x12345678, 128), "28001234567800008000"],
  ["WRITE (10)", scsi.write(1, 65535), "2a000000000100ffff00"],
  ["READ (10) of the last block it can say", scsi.read(0xffffffff, 1), "2800ffffffff00000100"],
  ["READ (16) beyond it", scsi.read(0xffffffff, 2), "880000000000ffffffff000000020000"],
  ["READ (16) of more blocks", scsi.read(0, 65536), "88000000000000000000000100000000"],
  ["WRITE (16)", scsi.write(2 ** 40, 8), "8a000000010000000000000000080000"],
])("%s", (_, block, expected) => expect(hex(block)).toBe(expected));

describe("INQUIRY data", () => {
  test("vector of Linux' scsi_debug", () => {
    const { expected } = vectors.scsi_data[0]!;
    expect(scsi.parseInquiry(vector("inquiry_standard_linux_scsi_debug"))).toEqual({
      qualifier: expected.peripheral_qualifier,
      deviceType: expected.device_type,
      removable: expected.removable,
      version: expected.version,
      responseFormat: expected.response_format,
      additionalLength: expected.additional_length,
      vendor: expected.vendor,
      product: expected.product,
      revision: expected.revision,
    });
  });

  test("texts that are cut off or no ASCII", () => {
    const data = Uint8Array.from([0x60, 0x80, 4, 2, 31, 0, 0, 0, ...Buffer.from("A\0\u00ffB", "latin1")]);
    expect(scsi.parseInquiry(data)).toMatchObject({
      qualifier: 3,
      removable: true,
      vendor: "A  B",
      product: "",
      revision: "",
    });
  });

  test("less than its head is an error", () => {
    expect(() => scsi.parseInquiry(new Uint8Array(4))).toThrow(DriverError);
  });
});

describe("capacity", () => {
  test("vector readcap10_4k: the last block and one more", () => {
    const capacity = scsi.parseCapacity10(vector("readcap10_4k"))!;
    expect(capacity).toEqual({ lastBlock: 999, blockLength: 4096 });
    expect((capacity.lastBlock + 1) * capacity.blockLength).toBe(4_096_000);
  });

  test("more than 32 bits: ask READ CAPACITY (16)", () => {
    expect(scsi.parseCapacity10(bytes("ffffffff00000200"))).toBeUndefined();
    expect(scsi.parseCapacity16(bytes("00000001000000000000020000"))).toEqual({
      lastBlock: 2 ** 32,
      blockLength: 512,
    });
  });

  test.each(["0000000000000000", "0000000000000201", "00000000ffffffff"])("block length of %s", (text) => {
    expect(() => scsi.parseCapacity10(bytes(text))).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "unsupported" }) }),
    );
  });

  test("a block length of 0 is 512, where there is a number of blocks", () => {
    expect(scsi.parseCapacity10(bytes("00000fff00000000"))).toEqual({ lastBlock: 4095, blockLength: 512 });
  });

  test("more blocks than can be counted", () => {
    expect(() => scsi.parseCapacity16(bytes("ffffffffffffffff00000200"))).toThrow(
      "more blocks than any disk",
    );
  });

  test.each([7, 0])("%i bytes are too few", (length) => {
    expect(() => scsi.parseCapacity10(new Uint8Array(length))).toThrow(DriverError);
    expect(() => scsi.parseCapacity16(new Uint8Array(length))).toThrow(DriverError);
  });
});

test("write protection", () => {
  expect(scsi.parseWriteProtection(bytes("03008000"))).toBe(true);
  expect(scsi.parseWriteProtection(bytes("03000000"))).toBe(false);
  expect(() => scsi.parseWriteProtection(bytes("0300"))).toThrow(DriverError);
});

describe("sense data", () => {
  test("vector in descriptor format", () => {
    const sense = parseSense(vector("descriptor_sense"))!;
    const { expected } = vectors.scsi_data[1]!;
    expect(sense).toEqual({
      responseCode: expected.response_code,
      key: "recovered-error",
      code: expected.asc,
      qualifier: expected.ascq,
    });
    expect(describeSense(sense)).toBe("RECOVERED ERROR, excessive write errors (03/02)");
  });

  test("in fixed format, VALID or not", () => {
    expect(parseSense(bytes("f00006000000000a00000000280100000000"))).toEqual({
      responseCode: 0x70,
      key: "unit-attention",
      code: 0x28,
      qualifier: 1,
    });
  });

  test("what is missing is 0", () => {
    expect(parseSense(bytes("700002"))).toEqual({
      responseCode: 0x70,
      key: "not-ready",
      code: 0,
      qualifier: 0,
    });
  });

  test.each(["", "00", "6f0005", "7f0005"])("no sense data: %s", (text) => {
    expect(parseSense(bytes(text))).toBeUndefined();
  });

  test("a code of the maker has no text", () => {
    expect(describeSense({ responseCode: 0x70, key: "hardware-error", code: 0x80, qualifier: 0x0a })).toBe(
      "HARDWARE ERROR (80/0A)",
    );
  });
});
