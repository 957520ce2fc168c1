import { readMetadata } from "@busbar/host";
import { beforeAll, expect, test } from "vitest";
import { addMetadata } from "../src/metadata.ts";
import { customSection, outermostSections, readUnsigned, writeUnsigned } from "../src/sections.ts";
import { interfaceOf } from "../src/world.ts";
import { emptyComponent } from "./empty.ts";

let component: Uint8Array;

beforeAll(async () => {
  component = await emptyComponent({ bus: "i2c", exports: "sensor" });
}, 60_000);

test.each([0, 1, 127, 128, 300, 16_384, 0xffff_ffff])("%d survives LEB128", (value) => {
  const bytes = Uint8Array.from([0xff, ...writeUnsigned(value), 0xff]);
  expect(readUnsigned(bytes, 1)).toEqual([value, bytes.length - 1]);
});

test("a number or a section that goes past the end is a RangeError", () => {
  expect(() => readUnsigned(Uint8Array.of(0x80), 0)).toThrow(RangeError);
  expect(() => outermostSections(component.subarray(0, component.length - 1))).toThrow(RangeError);
});

test("a custom section longer than 127 bytes is framed", () => {
  const section = customSection("description", new Uint8Array(500).fill(0x78));
  const [found] = outermostSections(Uint8Array.from([...component.subarray(0, 8), ...section]));
  expect(found).toMatchObject({ id: 0, start: 8, end: 8 + section.length });
});

test("metadata is replaced, not repeated, and leaves the rest as it is", async () => {
  const first = await addMetadata(component, { name: "one", version: "1.0.0", description: "first" }, []);
  const second = await addMetadata(first, { name: "two", version: "2.0.0", licenses: "MIT" }, []);
  expect(readMetadata(second)).toEqual({ name: "two", version: "2.0.0", licenses: "MIT" });
  expect(interfaceOf(second)).toEqual(interfaceOf(component));
  expect(readMetadata(component)).toEqual({ name: "", version: "" });
});
