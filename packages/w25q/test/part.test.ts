import { expect, test } from "vitest";
import { partOf } from "../src/part.ts";

test.each([
  [0x40, 0x14, { name: "W25Q80", bytes: 1_048_576, addressBytes: 3 }],
  [0x40, 0x17, { name: "W25Q64", bytes: 8_388_608, addressBytes: 3 }],
  [0x60, 0x18, { name: "W25Q128", bytes: 16_777_216, addressBytes: 3 }],
  [0x70, 0x18, { name: "W25Q128JV-M", bytes: 16_777_216, addressBytes: 3 }],
  [0x40, 0x19, { name: "W25Q256", bytes: 33_554_432, addressBytes: 4 }],
  [0x40, 0x20, { name: "W25Q512", bytes: 67_108_864, addressBytes: 4 }],
])("0xEF 0x%i 0x%i", (type, capacity, part) => {
  expect(partOf(Uint8Array.of(0xef, type, capacity))).toEqual(part);
});

test.each([
  [0xc2, 0x20, 0x18],
  [0xef, 0x30, 0x14],
  [0xef, 0x40, 0x13],
  [0xef, 0x40, 0x1a],
  [0x00, 0x00, 0x00],
  [0xff, 0xff, 0xff],
])("0x%i 0x%i 0x%i is no part that is known", (...id) => {
  expect(partOf(Uint8Array.from(id))).toBeUndefined();
});

test("an id that is too short is none", () => expect(partOf(new Uint8Array(0))).toBeUndefined());
