import { expect, test } from "vitest";
import { readMetadata } from "../src/component/metadata.ts";
import { LinkError } from "../src/component/reader.ts";

const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
const section = (id: number, contents: readonly number[]) => [id, contents.length, ...contents];
const custom = (name: string, contents: readonly number[]) => section(0, [...text(name), ...contents]);
const component = (...sections: number[][]) =>
  Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00, ...sections.flat()]);

test("what a component says about itself", () => {
  const bytes = component(
    custom("component-name", [1]),
    section(7, [0]),
    custom("version", [...new TextEncoder().encode("1.2.3")]),
    custom("component-name", [0, 5, ...text("lcd5")]),
    custom("__proto__", [1, 2, 3]),
    custom("name", [1]),
  );
  expect(readMetadata(bytes)).toEqual({ name: "lcd5", version: "1.2.3" });
  expect(readMetadata(component())).toEqual({ name: "", version: "" });
  expect(readMetadata(new Uint8Array())).toEqual({ name: "", version: "" });
});

test("a section that is cut off is a LinkError", () => {
  const whole = component(custom("version", [0x31]));
  for (let length = 9; length < whole.length; length += 1) {
    expect(() => readMetadata(whole.subarray(0, length)), `${length} bytes`).toThrow(LinkError);
  }
});
