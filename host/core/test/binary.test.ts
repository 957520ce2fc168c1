import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readComponent } from "../src/component/interface.ts";
import { parseInterfaceName, serves } from "../src/component/interface-name.ts";
import { HostError } from "../src/error.ts";
import { componentBytes } from "./component-bytes.ts";

describe("reading a component's interface", () => {
  test("imports and exports in order, with their kinds", () => {
    const bytes = componentBytes(["wasi:i2c/i2c@0.2.0-draft", "a:b/c"], ["busbar:device/sensor@0.1.0"]);
    expect(readComponent(bytes, "x.wasm")).toEqual({
      imports: [
        { name: "wasi:i2c/i2c@0.2.0-draft", kind: "instance" },
        { name: "a:b/c", kind: "instance" },
      ],
      exports: [{ name: "busbar:device/sensor@0.1.0", kind: "instance" }],
    });
  });

  test.each([
    ["nothing", [], "x.wasm is not a WebAssembly file; name a component built by busbar build."],
    ["a text", [...Buffer.from("#!/bin/sh")], "x.wasm is not a WebAssembly file"],
    [
      "a core module",
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      "x.wasm is a core WebAssembly module, not a component",
    ],
    ["a section past the end", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 10, 200, 1], "x.wasm cannot be linked"],
    [
      "a name past its section",
      [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 10, 3, 1, 0, 99],
      "x.wasm cannot be linked",
    ],
    [
      "an endless number",
      [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 10, 255, 255, 255, 255, 255, 255],
      "x.wasm cannot be linked",
    ],
  ])("%s is refused in one sentence", (_, bytes, message) => {
    expect(() => readComponent(Uint8Array.from(bytes), "x.wasm")).toThrow(message);
    expect(() => readComponent(Uint8Array.from(bytes), "x.wasm")).toThrow(HostError);
  });

  test("damaged components end in a HostError or are read; nothing else happens", () => {
    const whole = componentBytes(["wasi:i2c/i2c@0.2.0-draft", "busbar:board/i2c@0.1.0"], ["e:x/p@1.0.0"]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))),
        fc.nat(whole.length),
        (changes, length) => {
          const damaged = whole.slice(0, length);
          for (const [position, value] of changes) damaged[position] = value;
          try {
            readComponent(damaged, "x.wasm");
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(HostError);
          }
        },
      ),
      { seed: 1, numRuns: 20_000 },
    );
  });
});

describe("interface names", () => {
  test("path and version", () => {
    expect(parseInterfaceName("wasi:i2c/i2c@0.2.0-draft")).toEqual({
      path: "wasi:i2c/i2c",
      version: "0.2.0-draft",
    });
    expect(parseInterfaceName("run")).toEqual({ path: "run", version: "" });
  });

  test.each([
    ["0.1.0", "0.1.0", true],
    ["0.1.2", "0.1.0", true],
    ["0.1.0", "0.1.2", false],
    ["0.2.0", "0.1.0", false],
    ["1.4.0", "1.2.9", true],
    ["2.0.0", "1.0.0", false],
    ["0.0.2", "0.0.1", false],
    ["0.2.0-draft", "0.2.0-draft", true],
    ["0.2.0-draft", "0.2.0", false],
    ["0.2.1", "0.2.0-draft", false],
    ["0.1.0", "", false],
  ])("%s serves %s: %s", (offered, asked, expected) => {
    expect(serves(offered, asked)).toBe(expected);
  });
});
