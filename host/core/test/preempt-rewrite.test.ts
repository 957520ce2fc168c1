import { describe, expect, test } from "vitest";
import { counterExport, startExport, tableExport } from "../src/component/preempt/names.ts";
import { makePreemptible } from "../src/component/preempt/rewrite.ts";
import { LinkError, Reader } from "../src/component/reader.ts";
import {
  type Code,
  constant,
  coreModule,
  end,
  everything,
  exnref,
  externref,
  funcref,
  i32,
  i64,
  leb,
  type Parts,
  runModule,
  text,
} from "./preempt-modules.ts";

/** What it exports, in order. */
const exported = (module: Uint8Array<ArrayBuffer>) =>
  WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name, kind }) => `${kind} ${name}`);

const oneMemory: Parts = { memories: [[0x00, 1]] };

describe("what no component needs is refused by name", () => {
  const cases: Record<string, [Uint8Array<ArrayBuffer>, string]> = {
    "a component": [Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), "it is no core module"],
    "an empty file": [new Uint8Array(), "it is no core module"],
    memory64: [coreModule({ memories: [[0x04, 1]] }), "has a 64-bit memory"],
    table64: [coreModule({ tables: [[funcref, 0x04, 1]] }), "has a 64-bit table"],
    "a shared memory": [coreModule({ memories: [[0x03, 1, 1]] }), "has a shared memory"],
    "an imported shared memory": [
      coreModule({ imports: [["a", "b", [0x02, 0x03, 1, 1]]] }),
      "a shared memory",
    ],
    "pages of one byte": [coreModule({ memories: [[0x08, 1, 0]] }), "with the unknown limits 0x08"],
    "two memories": [
      coreModule({
        memories: [
          [0, 1],
          [0, 1],
        ],
      }),
      "has more than 1 memories",
    ],
    "a memory beside an imported one": [
      coreModule({ imports: [["a", "b", [0x02, 0x00, 1]]], ...oneMemory }),
      "has more than 1 memories",
    ],
    "nine tables": [
      coreModule({ tables: Array.from({ length: 9 }, () => [funcref, 0x00, 1]) }),
      "has more than 8 tables",
    ],
    "a table with an initial expression": [
      coreModule({ tables: [[0x40, 0x00, funcref, 0x00, 1, 0xd0, funcref, end]] }),
      "a table with an initial expression",
    ],
    "a table of exceptions": [coreModule({ tables: [[exnref, 0x00, 1]] }), "has a table of exceptions"],
    "a global exception": [
      coreModule({ globals: [[exnref, 0x01, 0xd0, exnref, end]] }),
      "keeps exceptions in globals",
    ],
    "a shared global": [coreModule({ globals: [[i32, 0x02, constant(0), end]] }), "has a shared global"],
    "a tag with many parameters": [
      coreModule({ types: [[Array(17).fill(i32), []]], tags: [[0, 0]] }),
      "has more than 16 parameters in one tag",
    ],
    "a function with many parameters": [
      coreModule({ types: [[Array(101).fill(i32), []]] }),
      "has more than 100 parameters in one function",
    ],
    "a function with many results": [
      coreModule({ types: [[[], Array(33).fill(i32)]] }),
      "has more than 32 results in one function",
    ],
    "100,001 functions": [
      coreModule({ types: [[[], []]], functions: Array(100_001).fill({ type: 0, code: [] }) }),
      "has more than 100000 functions",
    ],
    "1,000,001 locals": [
      runModule([], {
        locals: [[50_000, i32]],
        functions: Array(20).fill({ type: 0, code: [], locals: [[50_000, i32]] }),
      }),
      "has more than 1000000 locals",
    ],
    "types of structures": [coreType([0x5f, 0]), "types of garbage-collected objects"],
    "types of arrays": [coreType([0x5e, i32, 0]), "types of garbage-collected objects"],
    "recursive types": [coreType([0x4e, 1, 0x60, 0, 0]), "types of garbage-collected objects"],
    subtypes: [coreType([0x50, 0, 0x60, 0, 0]), "types of garbage-collected objects"],
    "types of continuations": [coreType([0x5d, 0]), "uses stack switching"],
    "references to structures": [
      coreModule({ globals: [[0x6b, 0, 0xd0, 0x6b, end]] }),
      "the reference type 0x6b of garbage-collected objects",
    ],
    "references to typed functions": [
      runModule([0xd0, 0x70, 0x1a], { locals: [[1, 0x63]] }),
      "typed references",
    ],
    "struct.new": [runModule([0xfb, 0, 0, 0x1a]), "uses garbage-collected objects"],
    "ref.eq": [runModule([0xd3]), "uses garbage-collected objects"],
    call_ref: [runModule([0x14, 0]), "uses typed references"],
    return_call_ref: [runModule([0x15, 0]), "uses typed references"],
    "ref.as_non_null": [runModule([0xd4]), "uses typed references"],
    br_on_null: [runModule([0xd5, 0]), "uses typed references"],
    br_on_non_null: [runModule([0xd6, 0]), "uses typed references"],
    "an atomic load": [runModule([constant(0), 0xfe, 0x10, 2, 0, 0x1a], oneMemory), "uses threads"],
    "cont.new": [runModule([0xe0, 0]), "uses stack switching"],
    suspend: [runModule([0xe2, 0]), "uses stack switching"],
    resume: [runModule([0xe3, 0, 0]), "uses stack switching"],
    "memory.discard": [
      runModule([constant(0), constant(0), 0xfc, 18, 0], oneMemory),
      "unknown instruction 0xfc 0x12",
    ],
    "i64.add128": [runModule([0xfc, 19]), "unknown instruction 0xfc 0x13"],
    "a vector instruction of tomorrow": [runModule([0xfd, leb(0x114)]), "unknown instruction 0xfd 0x114"],
    "an opcode of tomorrow": [runModule([0xc7]), "unknown instruction 0xc7"],
    "a type of tomorrow": [coreModule({ globals: [[0x7a, 0, constant(0), end]] }), "the unknown type 0x7a"],
    "a section of tomorrow": [section(14, [0]), "section 14 of a core module is not known"],
    "an import of tomorrow": [
      coreModule({ imports: [["a", "b", [0x05, 0]]] }),
      "imports something of the unknown kind",
    ],
    "an import of the host's own": [
      coreModule({ imports: [["a", "busbar:preempt/counter", [0x03, i32, 1]]] }),
      'imports "busbar:preempt/counter", a name that is the host\'s own',
    ],
    "a module of the host's own": [
      coreModule({ imports: [["busbar:preempt/x", "y", [0x03, i32, 1]]] }),
      'imports "busbar:preempt/x", a name that is the host\'s own',
    ],
    "an export of the host's own": [
      coreModule({ ...oneMemory, exports: [["busbar:preempt/table", 0x02, 0]] }),
      'exports "busbar:preempt/table", a name that is the host\'s own',
    ],
    "what was prepared already": [makePreemptible(runModule([])), "a name that is the host's own"],
  };

  test.each(Object.entries(cases))("%s", (_, [module, message]) => {
    expect(() => makePreemptible(module)).toThrow(message);
    expect(() => makePreemptible(module)).toThrow(LinkError);
  });

  /** A module with one type, in a form that `coreModule` does not write. */
  function coreType(type: readonly number[]) {
    return section(1, [1, ...type]);
  }

  function section(id: number, contents: readonly number[]) {
    return Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, id, contents.length, ...contents);
  }
});

describe("what is malformed is refused", () => {
  test.each<[string, Code, string]>([
    ["an instruction past the end of its function", [0x44], "goes past its end"],
    ["a function without its end", [0x41], "blocks without an end"],
    ["a block without its end", [0x02, 0x40], "blocks without an end"],
    ["a loop without its end", [0x03, 0x40], "blocks without an end"],
    ["two ends", [end], "goes on behind its end"],
    ["an else behind the end", [end, 0x05], "goes on behind its end"],
    ["a branch to nowhere", [0x0c, 5], "branches 5 blocks out, but has fewer"],
    ["a handler nowhere", [0x1f, 0x40, 1, 0x02, 5, end], "branches 5 blocks out, but has fewer"],
    ["a constant of 33 bits", [0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1a], "has more than 32 bits"],
    ["a constant of 71 bits", [0x42, Array(10).fill(0x80), 0, 0x1a], "has more than 64 bits"],
  ])("%s", (_, code, message) => {
    const module = runModule(code, { functions: [{ type: 0, code: Array(20).fill(0x01) }] });
    expect(WebAssembly.validate(module)).toBe(false);
    expect(() => makePreemptible(module)).toThrow(message);
    expect(() => makePreemptible(module)).toThrow(LinkError);
  });
});

describe("what is appended cannot be named by the module", () => {
  // Everything is appended behind the module's own: one function and one type here, and no more of anything.
  const cases: Record<string, Uint8Array<ArrayBuffer>> = {
    call: runModule([0x10, 1]),
    return_call: runModule([0x12, 1]),
    "ref.func": runModule([0xd2, 1, 0x1a]),
    "call_indirect, type": runModule([constant(0), 0x11, 1, 0], { tables: [[funcref, 0, 1]] }),
    "call_indirect, table": runModule([constant(0), 0x11, 0, 0]),
    "return_call_indirect, table": runModule([constant(0), 0x13, 0, 0]),
    "a block's type": runModule([0x02, 1, end]),
    "global.get": runModule([0x23, 0, 0x1a]),
    "global.set": runModule([constant(0), 0x24, 0]),
    "table.get": runModule([constant(0), 0x25, 0, 0x1a]),
    "table.set": runModule([constant(0), 0xd0, funcref, 0x26, 0]),
    "table.size": runModule([0xfc, 16, 0, 0x1a]),
    "table.grow": runModule([0xd0, funcref, constant(1), 0xfc, 15, 0, 0x1a]),
    "table.fill": runModule([constant(0), 0xd0, funcref, constant(1), 0xfc, 17, 0]),
    "table.copy": runModule([constant(0), constant(0), constant(1), 0xfc, 14, 0, 0]),
    "table.init": runModule([constant(0), constant(0), constant(1), 0xfc, 12, 0, 0], {
      elements: [[1, 0, [1, 0]]],
    }),
    "an export of a function": coreModule({ exports: [["x", 0x00, 0]] }),
    "an export of a table": coreModule({ exports: [["x", 0x01, 0]] }),
    "an export of a global": coreModule({ exports: [["x", 0x03, 0]] }),
    "a start function": coreModule({ start: 0 }),
    "an element segment's function": runModule([], { elements: [[1, 0, [1, 1]]] }),
    "an element segment's expression": runModule([], { elements: [[5, funcref, [1, 0xd2, 1, end]]] }),
    "an element segment's table": runModule([], { elements: [[0, constant(0), end, [1, 0]]] }),
    "an element segment's explicit table": runModule([], {
      tables: [[funcref, 0, 1]],
      elements: [[2, 1, constant(0), end, 0, [1, 0]]],
    }),
    "a global's initial value": coreModule({ globals: [[i32, 0, 0x23, 1, end]] }),
    "a data segment's offset": coreModule({ ...oneMemory, data: [[0, 0x23, 0, end, 0]] }),
    "a data segment's memory": coreModule({ data: [[0, constant(0), end, 0]] }),
    "an imported function's type": coreModule({ imports: [["a", "b", [0x00, 0]]] }),
    "a function's type": coreModule({ functions: [{ type: 0, code: [] }] }),
    "a tag's type": coreModule({ tags: [[0, 0]] }),
  };

  test.each(Object.entries(cases))("%s", (_, module) => {
    expect(WebAssembly.validate(module)).toBe(false);
    expect(() => makePreemptible(module)).toThrow(LinkError);
    expect(() => makePreemptible(module)).toThrow(
      /names the (function|type|table|global|memory) \d+, but has/,
    );
  });
});

describe("a prepared module", () => {
  test("keeps imports and exports, and adds those of the host", () => {
    const module = runModule([], {
      imports: [["env", "f", [0x00, 0]]],
      ...oneMemory,
      exports: [["memory", 0x02, 0]],
      start: 0,
    });
    const prepared = makePreemptible(module);
    expect(exported(prepared)).toEqual([
      ...exported(module),
      `table ${tableExport}`,
      `global ${counterExport}`,
      `function ${startExport}`,
    ]);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(prepared))).toEqual(
      WebAssembly.Module.imports(new WebAssembly.Module(module)),
    );
  });

  test("has no custom section but the names, for the others speak of code that has moved", () => {
    const names: Code = [1, 6, 1, 0, text("run")];
    const prepared = makePreemptible(
      runModule([], {
        custom: [
          ["name", names],
          ["metadata.code.branch_hint", [0]],
          [".debug_info", [1, 2, 3]],
        ],
      }),
    );
    const sections = (name: string) =>
      WebAssembly.Module.customSections(new WebAssembly.Module(prepared), name).length;
    expect(["name", ".debug_info"].map(sections)).toEqual([1, 0]);
    // Its own, with which the engine would not take the module's.
    expect(sections("metadata.code.branch_hint")).toBe(0);
  });

  test("says of the `if` of each check that it is hardly ever taken", () => {
    const call: Code = [0x10, 0];
    const work = Array.from({ length: 200 }, () => 0x01);
    const functions = [
      // As short as a call to it, so that only its loop is checked.
      { type: 0, code: [0x03, 0x40, end] },
      { type: 0, code: [] },
      { type: 0, code: [call, work, 0x03, 0x40, call, work, end] },
    ];
    const imports: Parts["imports"] = [["env", "f", [0x00, 0]]];
    const prepared = makePreemptible(coreModule({ types: [[[], []]], imports, functions }));
    const [section] = WebAssembly.Module.customSections(
      new WebAssembly.Module(prepared),
      "metadata.code.branch_hint",
    );
    const hints = readHints(new Reader(new Uint8Array(section!)));
    expect(hints.map(({ index, places }) => [index, places.length])).toEqual([
      [1, 1],
      [3, 2],
    ]);
    const bodies = readBodies(prepared);
    for (const { index, places } of hints) {
      const body = bodies[index - 1]!;
      // i32.const 0, i32.lt_s, if, call of the function behind the module's own
      for (const place of places)
        expect([...body.subarray(place - 3, place + 4)]).toEqual([0x41, 0, 0x48, 0x04, 0x40, 0x10, 4]);
    }
  });

  function readHints(reader: Reader) {
    return Array.from({ length: reader.u32() }, () => ({
      index: reader.u32(),
      places: Array.from({ length: reader.u32() }, () => {
        const place = reader.u32();
        expect([reader.byte(), reader.byte()]).toEqual([1, 0]);
        return place;
      }),
    }));
  }

  /** The bodies of a module's own functions. */
  function readBodies(module: Uint8Array): Uint8Array[] {
    const reader = new Reader(module, 8);
    while (reader.byte() !== 10) reader.part();
    const code = reader.part();
    return Array.from({ length: code.u32() }, () => {
      const { at, end } = code.part();
      return module.subarray(at, end);
    });
  }

  test.each(["legacy", "current"] as const)(
    "may have all that is not refused, %s exceptions",
    (exceptions) => {
      const module = everything(exceptions);
      expect(WebAssembly.validate(module)).toBe(true);
      expect(WebAssembly.validate(makePreemptible(module))).toBe(true);
    },
  );

  test("of a module without anything is one with a table and a counter", () => {
    expect(exported(makePreemptible(coreModule({})))).toEqual([
      `table ${tableExport}`,
      `global ${counterExport}`,
    ]);
  });
});

describe("how much a check counts", () => {
  const host = {
    throw: () => {
      throw new Error("for the handler");
    },
  };

  /** What one call of "run" takes off the counter. */
  function weight(code: Code, parts: Parts & { locals?: [number, number][] } = {}): number {
    const module = new WebAssembly.Module(makePreemptible(runModule(code, parts)));
    const { run, [counterExport]: counter } = new WebAssembly.Instance(module, { host }).exports as {
      run(): void;
      [counterExport]: WebAssembly.Global;
    };
    counter.value = 1_000_000;
    run();
    return 1_000_000 - counter.value;
  }

  const nops = (count: number): number[] => Array(count).fill(0x01);
  /** Does `body` so many times. */
  const repeat = (times: number, body: Code): Code => [
    [constant(times), 0x21, 0],
    [0x03, 0x40, body, 0x20, 0, constant(1), 0x6b, 0x22, 0, 0x0d, 0, end],
  ];
  const withLocal = { locals: [[1, i32]] as [number, number][] };
  const about = (count: number) => ({
    asymmetricMatch: (actual: number) => actual >= count && actual <= count * 1.1 + 3,
    toString: () => `about ${count}`,
  });

  test("a loop counts one for each of its turns, and the code in it", () => {
    expect(weight([])).toBe(0);
    expect(weight(repeat(1000, []), withLocal)).toEqual(about(1000));
    expect(weight(repeat(100, nops(1600)), withLocal)).toEqual(about(100 * 100));
  });

  test("straight code counts by its length", () => {
    expect(weight(nops(1600))).toEqual(about(100));
    expect(weight(repeat(10, nops(16_000)), withLocal)).toEqual(about(10_000));
  });

  test("very long code has more checks, the last of which counts as all", () => {
    expect(weight(nops(65_536 + 10))).toEqual(about(2 * 4096));
    const skipped = [0x02, 0x40, 0x0c, 0, nops(200_000), end];
    expect(weight(skipped)).toBeLessThanOrEqual(4097);
    const either = [constant(1), 0x04, 0x40, nops(200_000), 0x05, nops(200_000), end];
    expect(weight(either)).toEqual(about(4 * 4096));
  });

  test("of two ways the longer counts, and not both", () => {
    const either = [constant(1), 0x04, 0x40, nops(1600), 0x05, nops(3200), end];
    expect(weight(repeat(10, either), withLocal)).toEqual(about(2000));
    // Sixteen cases of 800 bytes, as an interpreter has them: each ends in a branch to the end.
    const cases = Array.from({ length: 16 }, (_, index) => [end, nops(800), 0x0c, leb(15 - index)]);
    const labels = Array.from({ length: 16 }, (_, index) => index);
    const switching = [Array(17).fill([0x02, 0x40]), [constant(3), 0x0e, 16, labels, 16], cases, end];
    expect(weight(repeat(10, switching), withLocal)).toEqual(about(510));
  });

  test("what follows an inner loop counts once, and not for each of its turns", () => {
    const inner = [constant(100), 0x21, 0, 0x03, 0x40, 0x20, 0, constant(1), 0x6b, 0x22, 0, 0x0d, 0, end];
    expect(weight([nops(16_000), inner, nops(16_000)], withLocal)).toEqual(about(2100));
    expect(weight([0x03, 0x40, nops(1600), end])).toEqual(about(100));
    // Left by a branch to the outside, from two loops.
    const leaving = [0x02, 0x40, 0x03, 0x40, 0x03, 0x40, nops(8000), 0x0c, 2, end, end, end];
    expect(weight([nops(1600), leaving, nops(1600)])).toEqual(about(700));
  });

  test("the way to a branch counts on where it arrives", () => {
    const run = nops(1600);
    expect(weight([0x02, 0x40, run, 0x0c, 0, end, run])).toEqual(about(200));
    expect(weight([0x02, 0x40, run, constant(1), 0x0d, 0, 0x0f, end, run])).toEqual(about(200));
    expect(weight([0x02, 0x40, run, constant(0), 0x0e, 0, 0, end, run])).toEqual(about(200));
    // Around an if that does not come back.
    expect(weight([run, constant(0), 0x04, 0x40, 0x0f, end, run])).toEqual(about(200));
    expect(weight([run, 0x0f])).toEqual(about(100));
    // From a loop to behind a return.
    expect(weight([0x02, 0x40, run, 0x03, 0x40, 0x0c, 1, end, 0x0f, end, run])).toEqual(about(200));
    // Back to the head of an outer loop, from an inner one.
    const outer = [run, 0x03, 0x40, 0x20, 0, constant(1), 0x6b, 0x22, 0, 0x0d, 1, 0x0c, 2, end];
    expect(weight([constant(10), 0x21, 0, 0x02, 0x40, 0x03, 0x40, outer, end, end], withLocal)).toEqual(
      about(1010),
    );
  });

  test("code before and behind a handler counts", () => {
    const imports: Parts["imports"] = [["host", "throw", [0x00, 0]]];
    const guarded = [nops(32_000), 0x10, 0, 0x00];
    expect(weight([0x06, 0x40, guarded, 0x19, nops(1600), end, nops(1600)], { imports })).toBeGreaterThan(
      2200,
    );
    const table = [0x02, 0x40, 0x1f, 0x40, 1, 0x02, 0, guarded, end, end, nops(1600)];
    expect(weight(table, { imports })).toBeGreaterThan(2100);
  });

  test("locals count where there are many, also of a function that does nothing", () => {
    expect(weight([], { locals: [[50, i32]] })).toBeGreaterThan(5);
    expect(weight([], { locals: [[40_000, i64]] })).toEqual(about(5000));
  });

  test("filling and copying count by length", () => {
    const fill = (length: number) => [constant(0), constant(0), constant(length), 0xfc, 11, 0];
    const copy = (length: number) => [constant(0), constant(0), constant(length), 0xfc, 10, 0, 0];
    expect(weight(fill(65_536), oneMemory)).toEqual(about(512));
    expect(weight(copy(65_536), oneMemory)).toEqual(about(512));
    const init = { ...oneMemory, dataCount: 1, data: [[1, leb(60_000), Array(60_000).fill(7)]] };
    expect(weight([constant(0), constant(0), constant(60_000), 0xfc, 8, 0, 0], init)).toEqual(about(468));
    const table = { tables: [[externref, 0, leb(5000)]] };
    expect(weight([constant(0), 0xd0, externref, constant(5000), 0xfc, 17, 0], table)).toEqual(about(5000));
    expect(weight([constant(0), constant(0), constant(5000), 0xfc, 14, 0, 0], table)).toEqual(about(5000));
  });

  test("a call of a function without a check counts for it", () => {
    const leaf = { type: 0, code: nops(60) };
    expect(weight([Array(16).fill([0x10, 1])], { functions: [leaf] })).toEqual(about(66));
    // One byte too long: it has a check of its own.
    expect(weight([0x10, 1], { functions: [{ type: 0, code: nops(700) }] })).toBeGreaterThan(44);
  });
});
