import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ComponentBody, type Definition, readBinary } from "../src/component/binary.ts";
import { writeBinary } from "../src/component/binary-writer.ts";
import { LinkError } from "../src/component/reader.ts";
import { componentBytes } from "./component-bytes.ts";

const options = { encoding: "utf8", memory: undefined, realloc: undefined, postReturn: undefined } as const;
const core = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Everything that the reader knows; it resolves nothing, so the indices need not lead anywhere. */
const definitions: readonly Definition[] = [
  { op: "core module", bytes: core },
  { op: "core module", bytes: new Uint8Array(300) },
  { op: "core instantiate", module: 1, args: [{ name: "env", instance: 200 }] },
  {
    op: "core bundle",
    exports: [
      { name: "f", sort: "core func", index: 1 },
      { name: "m", sort: "core memory", index: 0 },
    ],
  },
  { op: "component", component: { definitions: [{ op: "type", type: { form: "primitive", type: "s64" } }] } },
  { op: "component", component: { definitions: [] } },
  { op: "instantiate", component: 0, args: [{ name: "a", sort: "core module", index: 3 }] },
  { op: "bundle", exports: [{ name: "a:b/c@1.2.3", sort: "instance", index: 3 }] },
  { op: "alias export", sort: "type", instance: 3, name: "error" },
  { op: "alias core export", sort: "core table", instance: 3, name: "0" },
  { op: "alias outer", sort: "component", count: 2, index: 130 },
  ...(
    [
      {
        form: "record",
        fields: [
          { name: "a", type: "bool" },
          { name: "b", type: 63 },
          { name: "c", type: 64 },
        ],
      },
      {
        form: "variant",
        cases: [
          { name: "a", type: undefined },
          { name: "b", type: 300 },
        ],
      },
      { form: "list", element: "char" },
      { form: "tuple", types: ["f32", 1, "string"] },
      { form: "flags", labels: ["a", "b"] },
      { form: "enum", labels: ["a", "b"] },
      { form: "option", type: 20_000 },
      { form: "result", ok: undefined, error: undefined },
      { form: "result", ok: "u8", error: 5 },
      { form: "own", resource: 64 },
      { form: "borrow", resource: 1 },
      { form: "func", params: [{ name: "a", type: 70 }], result: "u16" },
      { form: "func", params: [], result: undefined },
      { form: "resource", destructor: undefined },
      { form: "resource", destructor: 5 },
      {
        form: "component type",
        declarations: [
          { op: "import", name: "a", description: { sort: "component", type: 1 } },
          { op: "export type", name: "b", description: { sort: "instance", type: 0 } },
        ],
      },
      {
        form: "instance type",
        declarations: [
          { op: "alias outer", sort: "type", count: 1, index: 2 },
          { op: "type", type: { form: "list", element: 0 } },
          { op: "export type", name: "b", description: { sort: "type", equal: 0 } },
          { op: "export type", name: "c", description: { sort: "type", resource: true } },
          { op: "export type", name: "d", description: { sort: "func", type: 0 } },
        ],
      },
    ] as const
  ).map((type): Definition => ({ op: "type", type })),
  { op: "import", name: "a:b/c", description: { sort: "instance", type: 1 } },
  { op: "export", name: "run", sort: "func", index: 1, description: undefined },
  { op: "export", name: "t", sort: "type", index: 1, description: { sort: "type", equal: 9 } },
  { op: "canon lift", func: 0, options: { ...options, memory: 0, realloc: 1, postReturn: 300 }, type: 1 },
  { op: "canon lower", func: 0, options: { ...options, encoding: "utf16", memory: 128 } },
  { op: "canon lower", func: 0, options: { ...options, encoding: "latin1+utf16" } },
  { op: "canon resource.new", resource: 0 },
  { op: "canon resource.drop", resource: 1 },
  { op: "canon resource.rep", resource: 128 },
];

describe("what was read is written", () => {
  test("every definition, in order", () => {
    const body: ComponentBody = { definitions };
    expect(readBinary(writeBinary(body))).toEqual(body);
  });

  test("byte by byte, where nothing was left out", () => {
    const bytes = componentBytes(["wasi:i2c/i2c@0.2.0-draft", "a:b/c"], ["a:b/c@0.1.0"]);
    expect(writeBinary(readBinary(bytes))).toEqual(bytes);
  });

  test("whatever the reader takes, damaged or not", () => {
    const whole = writeBinary({ definitions });
    const change = fc.tuple(fc.nat(whole.length - 9), fc.nat(255));
    let taken = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
        const damaged = whole.slice();
        for (const [position, value] of changes) damaged[position + 8] = value;
        let body: ComponentBody;
        try {
          body = readBinary(damaged);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(LinkError);
          return;
        }
        taken += 1;
        expect(readBinary(writeBinary(body))).toEqual(body);
      }),
      { seed: 9, numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  test("a type's declaration is no component's definition", () => {
    const misplaced: Definition = {
      op: "export type",
      name: "a",
      description: { sort: "func", type: 0 },
    };
    expect(() => writeBinary({ definitions: [misplaced] })).toThrow(TypeError);
  });
});
