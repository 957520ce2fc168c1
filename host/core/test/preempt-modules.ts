/** Writes small core modules for the tests, section by section as the specification's 5.5 has them. */

/** Bytes, and lists of bytes. */
export type Code = readonly (number | Code)[];

/** A core module; what is left out is not there. */
export interface Parts {
  /** Parameters and results of each function type. */
  types?: readonly (readonly [Code, Code])[];
  /** Module, name, then the description: `[0x00, type]` for a function. */
  imports?: readonly (readonly [string, string, Code])[];
  tables?: readonly Code[];
  memories?: readonly Code[];
  tags?: readonly Code[];
  globals?: readonly Code[];
  exports?: readonly (readonly [string, number, number])[];
  start?: number;
  elements?: readonly Code[];
  dataCount?: number;
  functions?: readonly Body[];
  data?: readonly Code[];
  /** Custom sections, put at the beginning. */
  custom?: readonly (readonly [string, Code])[];
}

/** A function: the index of its type, groups of locals, and its code without the last `end`. */
export interface Body {
  type: number;
  locals?: readonly (readonly [number, number])[];
  code: Code;
}

export const i32 = 0x7f;
export const i64 = 0x7e;
export const funcref = 0x70;
export const externref = 0x6f;
export const exnref = 0x69;
export const end = 0x0b;

/** An unsigned number as LEB128. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(Math.floor(value / 0x80))];
}

/** A signed number of 32 bits as LEB128. */
export function signed(value: number): number[] {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

/** i32.const. */
export const constant = (value: number): number[] => [0x41, ...signed(value)];

export function text(value: string): Code {
  const encoded = [...new TextEncoder().encode(value)];
  return [leb(encoded.length), encoded];
}

export const list = (items: readonly Code[]): Code => [leb(items.length), items];

export function coreModule(parts: Parts): Uint8Array<ArrayBuffer> {
  const section = (id: number, items: readonly Code[] | undefined): Code =>
    items === undefined ? [] : sized([id], list(items));
  const { types, imports, tables, memories, tags, globals, exports, start, elements, dataCount, data } =
    parts;
  const { functions, custom } = parts;
  return bytes([
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    (custom ?? []).map(([name, contents]) => sized([0], [text(name), contents])),
    section(
      1,
      types?.map(([parameters, results]) => [0x60, list(each(parameters)), list(each(results))]),
    ),
    section(
      2,
      imports?.map(([module, name, description]) => [text(module), text(name), description]),
    ),
    section(
      3,
      functions?.map(({ type }) => leb(type)),
    ),
    section(4, tables),
    section(5, memories),
    section(13, tags),
    section(6, globals),
    section(
      7,
      exports?.map(([name, kind, index]) => [text(name), kind, leb(index)]),
    ),
    start === undefined ? [] : sized([8], leb(start)),
    section(9, elements),
    dataCount === undefined ? [] : sized([12], leb(dataCount)),
    section(
      10,
      functions?.map(({ locals = [], code }) =>
        sized([], [list(locals.map(([count, type]) => [leb(count), type])), code, end]),
      ),
    ),
    section(11, data),
  ]);
}

/** A module with one function "run", without parameters or results, and what else it needs. */
export function runModule(code: Code, parts: Parts & { locals?: Body["locals"] } = {}) {
  const { locals, ...rest } = parts;
  const imported = (parts.imports ?? []).filter(([, , [kind]]) => kind === 0x00).length;
  return coreModule({
    ...rest,
    types: [[[], []], ...(parts.types ?? [])],
    functions: [{ type: 0, code, ...(locals && { locals }) }, ...(parts.functions ?? [])],
    exports: [["run", 0x00, imported], ...(parts.exports ?? [])],
  });
}

/** A valid module with all that is not refused. Engines take only one kind of exceptions in one module. */
export function everything(exceptions: "legacy" | "current"): Uint8Array<ArrayBuffer> {
  const [f32, f64, v128] = [0x7d, 0x7c, 0x7b];
  const drop = 0x1a;
  const zero = constant(0);
  const three: Code = [zero, zero, zero];
  const long: Code = [0x42, 1];
  const single: Code = [0x43, 0, 0, 0, 0];
  const double: Code = [0x44, 0, 0, 0, 0, 0, 0, 0, 0];
  const vector: Code = [0xfd, 12, Array(16).fill(1)];
  const lanes = Array(16).fill(0);
  const code: Code = [
    [0x01, 0x02, 0x40, 0x0c, 0, end],
    [0x02, i32, zero, end, drop],
    [0x02, 1, zero, end, drop],
    [0x03, 0x40, end],
    [0x03, i32, zero, end, drop],
    [zero, 0x04, 0x40, 0x05, end],
    [zero, 0x0d, 0],
    [0x02, 0x40, zero, 0x0e, 0, 0, end],
    [0x10, 0],
    [zero, 0x11, 0, 0],
    [three, 0x1b, drop],
    [three, 0x1c, 1, i32, drop],
    [0x20, 0, 0x22, 0, 0x21, 0],
    [0x23, 1, 0x24, 1],
    [zero, zero, 0x25, 0, 0x26, 0],
    [zero, 0x28, 2, 0, drop],
    [zero, 0x29, 3, leb(70_000), drop],
    [zero, zero, 0x36, 2, 0],
    [0x3f, 0, drop],
    [zero, 0x40, 0, drop],
    [long, 0xc4, drop],
    [single, drop],
    [double, drop],
    [0xd0, funcref, 0xd1, drop],
    [0xd0, externref, drop],
    [0xd2, 1, drop],
    [single, 0xfc, 0, drop],
    [double, 0xfc, 7, drop],
    [three, 0xfc, 8, 0, 0],
    [0xfc, 9, 0],
    [three, 0xfc, 10, 0, 0],
    [three, 0xfc, 11, 0],
    [three, 0xfc, 12, 1, 0],
    [0xfc, 13, 1],
    [three, 0xfc, 14, 0, 0],
    [0xd0, funcref, zero, 0xfc, 15, 0, drop],
    [0xfc, 16, 0, drop],
    [zero, 0xd0, funcref, zero, 0xfc, 17, 0],
    [0xd0, externref, zero, 0xfc, 15, 1, drop],
    [zero, 0xfd, 0, 4, 0, drop],
    [zero, vector, 0xfd, 11, 4, 0],
    [vector, vector, 0xfd, 13, lanes, drop],
    [vector, 0xfd, 21, 3, drop],
    [vector, zero, 0xfd, 23, 3, drop],
    [zero, vector, 0xfd, 84, 0, 0, 15, drop],
    [zero, vector, 0xfd, 88, 0, 0, 15],
    [zero, 0xfd, 92, 2, 0, drop],
    [vector, vector, 0xfd, leb(0xae), drop],
    [vector, vector, 0xfd, leb(0x100), drop],
  ];
  const legacy: Code = [
    [0x06, 0x40, 0x08, 0, 0x07, 0, 0x09, 0, 0x19, end],
    [0x06, 0x40, 0x06, 0x40, 0x08, 0, 0x18, 0, 0x19, end],
  ];
  const current: Code = [
    [0xd0, exnref, drop],
    [0x02, 0x40, 0x1f, 0x40, 2, 0x00, 0, 0, 0x02, 0, 0x08, 0, end, end],
    [0x02, exnref, 0x1f, 0x40, 2, 0x01, 0, 0, 0x03, 0, 0x08, 0, end, 0x0f, end, 0x0a],
  ];
  return coreModule({
    types: [
      [[], []],
      [[], [i32]],
      [
        [i32, i64, f32, f64, v128, funcref, externref],
        [i32, i64],
      ],
    ],
    imports: [
      ["a", "f", [0x00, 0]],
      ["a", "t", [0x04, 0, 0]],
      ["a", "g", [0x03, i32, 0]],
    ],
    tables: [
      [funcref, 0x00, 3],
      [externref, 0x01, 0, 3],
    ],
    memories: [[0x00, 1]],
    tags: [[0, 0]],
    globals: [
      [i32, 0x01, 0x23, 0, zero, 0x6a, zero, 0x6b, end],
      [i64, 0x00, long, end],
      [f32, 0x00, single, end],
      [f64, 0x00, double, end],
      [v128, 0x00, vector, end],
      [funcref, 0x00, 0xd0, funcref, end],
      [funcref, 0x00, 0xd2, 1, end],
    ],
    exports: [["tag", 0x04, 0]],
    start: 0,
    elements: [
      [0, zero, end, [1, 1]],
      [1, 0, [1, 1]],
      [2, 0, zero, end, 0, [1, 1]],
      [3, 0, [1, 1]],
      [4, zero, end, [1, 0xd2, 1, end]],
      [5, funcref, [1, 0xd0, funcref, end]],
      [6, 0, zero, end, funcref, [1, 0xd2, 1, end]],
      [7, funcref, [1, 0xd2, 1, end]],
    ],
    dataCount: 3,
    functions: [
      { type: 0, code: [0x12, 0] },
      { type: 0, code: [zero, 0x13, 0, 0] },
      { type: 0, locals: [[1, i32]], code },
      { type: 0, code: exceptions === "legacy" ? legacy : current },
      { type: 2, code: [0x20, 0, 0x20, 1] },
      { type: 0, code: [0x00] },
    ],
    data: [
      [1, 2, 7, 7],
      [0, zero, end, 1, 7],
      [2, 0, zero, end, 1, 7],
    ],
  });
}

const each = (items: Code): Code[] => items.map((item) => [item]);

function sized(before: Code, contents: Code): Code {
  const flat = bytes(contents);
  return [before, leb(flat.length), [...flat]];
}

function bytes(code: Code): Uint8Array<ArrayBuffer> {
  const flat: number[] = [];
  const add = (items: Code): void => {
    for (const item of items) {
      if (typeof item === "number") flat.push(item);
      else add(item);
    }
  };
  add(code);
  return Uint8Array.from(flat);
}
