import { describe, expect, test } from "vitest";
import { makePreemptible } from "../src/component/preempt/rewrite.ts";
import { LinkError } from "../src/component/reader.ts";
import { constant, coreModule, externref, funcref, i32, leb, runModule } from "./preempt-modules.ts";
import { loop, oneMemory, rig, start } from "./preempt-rig.ts";

describe("growth", () => {
  const growing = (minimum: number, maximum: number) =>
    coreModule({
      types: [[[i32], [i32]]],
      memories: [[0x01, leb(minimum), leb(maximum)]],
      tables: [
        [funcref, 0x01, leb(minimum), leb(maximum)],
        [externref, 0x01, leb(minimum), leb(maximum)],
      ],
      functions: [
        { type: 0, code: [0x20, 0, 0x40, 0] },
        { type: 0, code: [0xd0, funcref, 0x20, 0, 0xfc, 15, 0] },
        { type: 0, code: [0xd0, externref, 0x20, 0, 0xfc, 15, 1] },
      ],
      exports: [
        ["memory", 0x00, 0],
        ["functions", 0x00, 1],
        ["things", 0x00, 2],
      ],
    });

  /** A host that allows 10 pages and 20 entries in all. */
  function budget() {
    const used = { memory: 0, table: 0 };
    const most = { memory: 10, table: 20 };
    const asked: [string, number][] = [];
    const { gate } = rig({
      grow: (kind, delta) => {
        asked.push([kind, delta]);
        if (used[kind] + delta > most[kind]) return false;
        used[kind] += delta;
        return true;
      },
    });
    gate.begin(10_000);
    gate.pinned = 1;
    return { gate, used, asked };
  }

  test("all memories and tables of all instances together are counted, and refused at the limit", () => {
    const { gate, used } = budget();
    const [one, two] = [1, 2].map(() => start(gate, growing(1, 100)).functions) as [
      Record<string, (delta: number) => number>,
      Record<string, (delta: number) => number>,
    ];
    expect(one.memory!(4)).toBe(1);
    expect(two.memory!(6)).toBe(1);
    expect(used.memory).toBe(10);
    expect(one.memory!(1)).toBe(-1);
    expect(two.memory!(1)).toBe(-1);
    expect(one.memory!(0)).toBe(5);
    expect(one.functions!(12)).toBe(1);
    expect(two.things!(8)).toBe(1);
    expect(used.table).toBe(20);
    expect(one.things!(1)).toBe(-1);
    expect(two.functions!(1)).toBe(-1);
    expect(two.things!(0)).toBe(9);
  });

  test("what the engine refuses is given back", () => {
    const { gate, used, asked } = budget();
    const { functions } = start(gate, growing(1, 3));
    for (const name of ["memory", "functions", "things"]) expect(functions[name]!(5)).toBe(-1);
    expect(used).toEqual({ memory: 0, table: 0 });
    expect(asked).toEqual([
      ["memory", 5],
      ["memory", -5],
      ["table", 5],
      ["table", -5],
      ["table", 5],
      ["table", -5],
    ]);
  });

  test("a number that a host would take as given back is not asked for", () => {
    const { gate, asked } = budget();
    const { functions } = start(gate, growing(1, 3));
    for (const name of ["memory", "functions", "things"])
      for (const delta of [-1, -(2 ** 31)]) expect(functions[name]!(delta)).toBe(-1);
    expect(asked).toEqual([]);
  });

  test("a host that throws ends the guest", async () => {
    const reason = new Error("no more");
    const { gate } = rig({
      grow: () => {
        throw reason;
      },
    });
    gate.begin(1000);
    const { run } = start(gate, runModule(loop(constant(1), 0x40, 0, 0x1a), oneMemory));
    await expect(run()).rejects.toThrow(WebAssembly.RuntimeError);
    expect(gate).toMatchObject({ ended: true, reason });
  });
});

describe("attaching", () => {
  test("a module that was not prepared is refused", () => {
    const { gate } = rig();
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(runModule([])));
    expect(() => gate.attach(exports)).toThrow(LinkError);
  });

  test("before it, a check traps", () => {
    const { functions } = {
      functions: new WebAssembly.Instance(new WebAssembly.Module(makePreemptible(runModule(loop()))))
        .exports as {
        run(): void;
      },
    };
    expect(() => functions.run()).toThrow(WebAssembly.RuntimeError);
  });

  test("the start function runs, one of the host's too", async () => {
    const { gate } = rig();
    gate.begin(100);
    let started = 0;
    const module = coreModule({
      types: [[[], []]],
      imports: [["host", "start", [0x00, 0]]],
      start: 0,
    });
    const { started: ending } = start(gate, module, {
      host: {
        start: () => {
          started += 1;
        },
      },
    });
    await ending;
    expect(started).toBe(1);
  });

  test("without a start function there is nothing to wait for", () => {
    const { gate } = rig();
    expect(start(gate, runModule([])).started).toBeUndefined();
  });
});
