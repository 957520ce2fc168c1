import { describe, expect, test } from "vitest";
import { suspending } from "../src/component/preempt/jspi.ts";
import { Pace } from "../src/component/preempt/pace.ts";
import { type Code, constant, end, funcref, i32, runModule } from "./preempt-modules.ts";
import { loop, nops, oneMemory, rig, start } from "./preempt-rig.ts";

/** Guests that never return by themselves. */
const endless: Record<string, Uint8Array<ArrayBuffer>> = {
  "an endless loop": runModule(loop()),
  "a loop in a loop": runModule(loop(loop())),
  "a loop around a hundred thousand bytes": runModule(loop(nops(100_000))),
  "a loop by br_if": runModule([0x03, 0x40, constant(1), 0x0d, 0, end]),
  "a loop by br_table": runModule([0x03, 0x40, constant(5), 0x0e, 1, 0, 0, end]),
  "exponential calls": runModule([constant(60), 0x10, 1], {
    types: [[[i32], []]],
    functions: [
      {
        type: 1,
        // if (n) { f(n - 1); f(n - 1); }
        code: [
          [0x20, 0, 0x04, 0x40],
          [0x20, 0, constant(1), 0x6b, 0x10, 1],
          [0x20, 0, constant(1), 0x6b, 0x10, 1],
          end,
        ],
      },
    ],
  }),
  "exponential calls through a table": runModule([constant(60), constant(0), 0x11, 1, 0], {
    types: [[[i32], []]],
    tables: [[funcref, 0x00, 1]],
    elements: [[0, constant(0), end, [1, 1]]],
    functions: [
      {
        type: 1,
        code: [
          [0x20, 0, 0x04, 0x40],
          [0x20, 0, constant(1), 0x6b, constant(0), 0x11, 1, 0],
          [0x20, 0, constant(1), 0x6b, constant(0), 0x11, 1, 0],
          end,
        ],
      },
    ],
  }),
  "tail calls": runModule([0x12, 1], { functions: [{ type: 0, code: [0x12, 0] }] }),
  "tail calls through a table": runModule([constant(0), 0x13, 0, 0], {
    tables: [[funcref, 0x00, 1]],
    elements: [[0, constant(0), end, [1, 0]]],
  }),
  "a loop in catch_all (legacy)": runModule([0x06, 0x40, 0x08, 0, 0x19, loop(), end], { tags: [[0, 0]] }),
  "a try that is done again and again (legacy)": runModule(loop(0x06, 0x40, 0x08, 0, 0x07, 0, end), {
    tags: [[0, 0]],
  }),
  "a loop in try_table": runModule([0x02, 0x40, 0x1f, 0x40, 1, 0x02, 0, loop(), end, end]),
  "a try_table that is done again and again": runModule(
    loop(0x02, 0x40, 0x1f, 0x40, 1, 0x02, 0, 0x08, 0, end, end),
    { tags: [[0, 0]] },
  ),
  "a try_table whose handler is the loop's head": runModule(
    [0x03, 0x40, 0x1f, 0x40, 1, 0x02, 0, 0x08, 0, end, end],
    { tags: [[0, 0]] },
  ),
  "recursion that catches the overflow of its stack": runModule(
    loop(0x06, 0x40, 0x10, 0, 0x19, 0x10, 0, end),
  ),
  "memory.fill": runModule(loop(constant(0), constant(0), constant(65_536), 0xfc, 11, 0), oneMemory),
  "memory.copy": runModule(loop(constant(0), constant(0), constant(65_536), 0xfc, 10, 0, 0), oneMemory),
  "memory.grow": runModule(loop(constant(0), 0x40, 0, 0x1a), oneMemory),
  "calls of a function that needs no check": runModule(loop(0x10, 1), {
    functions: [{ type: 0, code: [0x01] }],
  }),
};

describe("a guest that never returns", () => {
  test.each(Object.entries(endless))(
    "%s is held again and again, and ended by its deadline",
    async (_, module) => {
      const { gate, counts, pace } = rig();
      gate.begin(100);
      const { run } = start(gate, module);
      await expect(run()).rejects.toThrow(WebAssembly.RuntimeError);
      expect(gate).toMatchObject({ expired: true, ended: true, reason: undefined });
      expect(counts.now).toBeLessThan(110);
      // A slice is 5 ms, of which a look takes one.
      expect(pace.holds).toBeGreaterThan(10);
    },
  );

  test.each(Object.entries(endless))("%s is ended where it cannot be held, too", (_, module) => {
    const { gate, pace } = rig();
    gate.begin(20);
    const { functions } = start(gate, module);
    gate.pinned += 1;
    expect(() => functions.run!()).toThrow(WebAssembly.RuntimeError);
    expect(gate.expired).toBe(true);
    expect(pace.holds).toBe(0);
  });

  test("a start function is held and ended as any other, before anything else runs", async () => {
    const { gate, pace } = rig();
    gate.begin(50);
    const { started } = start(gate, runModule(loop(), { start: 0 }));
    await expect(started).rejects.toThrow(WebAssembly.RuntimeError);
    expect(gate.expired).toBe(true);
    expect(pace.holds).toBeGreaterThan(4);
  });

  test("a start function that cannot be held is ended", () => {
    const { gate } = rig();
    gate.pinned = 1;
    gate.begin(20);
    expect(() => start(gate, runModule(loop(), { start: 0 }))).toThrow(WebAssembly.RuntimeError);
    expect(gate.expired).toBe(true);
  });

  test("nested instances count for themselves, and are ended by the same gate", async () => {
    const { gate } = rig();
    gate.begin(50);
    const short = runModule([0x03, 0x40, end]);
    const [inner, idle] = [start(gate, short), start(gate, short)];
    await idle.run();
    const outer = start(gate, runModule(loop(0x10, 0), { imports: [["inner", "run", [0x00, 0]]] }), {
      inner: inner.exports as WebAssembly.ModuleImports,
    });
    await expect(outer.run()).rejects.toThrow(WebAssembly.RuntimeError);
    expect(gate.expired).toBe(true);
    // The instance that did nothing is dead as well.
    gate.begin(1000);
    await expect(idle.run()).rejects.toThrow(WebAssembly.RuntimeError);
  });
});

describe("a guest that returns", () => {
  /** Runs `milliseconds` looks, then returns. */
  const busy = (looks: number) =>
    runModule(
      [constant(looks * 200_000), [0x21, 0, 0x03, 0x40, 0x20, 0, constant(1), 0x6b, 0x22, 0, 0x0d, 0, end]],
      { locals: [[1, i32]] },
    );

  test("goes on after it was held", async () => {
    const { gate, pace } = rig();
    const { run } = start(gate, busy(20));
    for (const times of [1, 2]) {
      gate.begin(1000);
      await run();
      gate.end();
      expect(gate.ended).toBe(false);
      expect(pace.holds).toBeGreaterThan(2 * times);
      expect(pace.held).toBe(0);
      // Until the pace has found out that nobody is held any more.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  });

  test("a look where it could not be held begins no new slice", async () => {
    const { gate, counts, pace } = rig();
    gate.begin(1000);
    const { functions, run } = start(gate, busy(8));
    gate.pinned += 1;
    functions.run!();
    gate.pinned -= 1;
    expect(pace.holds).toBe(0);
    const before = counts.now;
    const running = run();
    // The first look of the second call holds it.
    expect(pace.holds).toBe(1);
    expect(counts.now - before).toBe(1);
    await running;
  });

  test("where it cannot be held it has less time than the call", () => {
    const { gate, counts } = rig({ pinnedMs: 300 });
    gate.begin(1000);
    gate.pinned += 1;
    const { functions } = start(gate, runModule(loop()));
    expect(() => functions.run!()).toThrow(WebAssembly.RuntimeError);
    expect(gate.expired).toBe(true);
    expect(counts.now).toBe(301);
  });

  test("where it cannot be held, time in which the machine did something else does not end it", () => {
    const { gate, counts } = rig({ pinnedMs: 30 });
    gate.begin(10_000);
    gate.pinned += 1;
    const { functions } = start(gate, runModule(loop()));
    counts.now += 5000;
    expect(() => functions.run!()).toThrow(WebAssembly.RuntimeError);
    // It has looked two hundred times, once a millisecond here.
    expect(counts.now).toBe(5200);
  });

  test("a slow import counts, a quick one does not", async () => {
    for (const [milliseconds, calls] of [
      [30, 4],
      [0, 100],
    ] as const) {
      const { gate, counts } = rig();
      let called = 0;
      const host = () => {
        called += 1;
        counts.now += milliseconds;
        gate.afterImport();
        if (called === 100) throw new Error("enough");
      };
      gate.begin(110);
      const { run } = start(gate, runModule(loop(0x10, 0), { imports: [["host", "work", [0x00, 0]]] }), {
        host: { work: host },
      });
      await expect(run()).rejects.toThrow();
      expect(called).toBe(calls);
      expect(gate.expired).toBe(milliseconds > 0);
    }
  });

  test("an import that it waited for begins a new slice, and its time counts", async () => {
    const { gate, counts, pace } = rig();
    gate.begin(1000);
    let left = 20;
    const wait = suspending(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      counts.now += 20;
      gate.afterWait();
      left -= 1;
      return left;
    });
    const { run } = start(
      gate,
      runModule([0x03, 0x40, 0x10, 0, 0x0d, 0, end], {
        types: [[[], [i32]]],
        imports: [["host", "wait", [0x00, 1]]],
      }),
      { host: { wait } },
    );
    await run();
    expect(pace.holds).toBe(0);
    left = 1000;
    await expect(run()).rejects.toThrow(WebAssembly.RuntimeError);
    expect(gate.expired).toBe(true);
  });

  test("looks at the clock whenever it raises an exception, and whenever it grows", async () => {
    const looks = async (code: Code) => {
      const { gate, counts } = rig();
      gate.begin(1000);
      gate.pinned = 1;
      start(gate, runModule(code, { tags: [[0, 0]], ...oneMemory })).functions.run!();
      return counts.now;
    };
    // A new instance looks at once: one is the function's own check.
    const raise = [0x06, 0x40, 0x08, 0, 0x19, end];
    expect(await looks([raise, raise, raise])).toBe(4);
    expect(await looks([0x06, 0x40, 0x06, 0x40, 0x08, 0, 0x19, 0x09, 0, end, 0x19, end])).toBe(3);
    const grow = [constant(0), 0x40, 0, 0x1a];
    expect(await looks([grow, grow])).toBe(3);
  });

  test("outside of a call it is ended", async () => {
    const { gate } = rig();
    const { run } = start(gate, runModule(loop()));
    await expect(run()).rejects.toThrow(WebAssembly.RuntimeError);
    expect(gate).toMatchObject({ expired: false, ended: true });
    expect(gate.reason).toMatchObject({ message: expect.stringContaining("outside of a call") });
  });
});

describe("ending a guest", () => {
  test("what the check throws ends it, and is kept", async () => {
    const reason = new Error("stopped");
    let looks = 0;
    const { gate } = rig({
      check: () => {
        looks += 1;
        if (looks > 7) throw reason;
      },
    });
    gate.begin(1000);
    // A guest that catches everything does not catch this.
    const { run } = start(gate, runModule(loop(0x06, 0x40, loop(), 0x19, end)));
    await expect(run()).rejects.toThrow(WebAssembly.RuntimeError);
    expect(gate).toMatchObject({ ended: true, expired: false, reason });
  });

  test("stopped while it is held, it ends without its turn", async () => {
    let turn = () => {};
    const pace = new Pace(
      () =>
        new Promise((resolve) => {
          turn = resolve;
        }),
    );
    const { gate } = rig({ pace });
    gate.begin(1000);
    const running = start(gate, runModule(loop())).run();
    expect(pace.held).toBe(1);
    const reason = new Error("shut down");
    gate.stop(reason);
    await expect(running).rejects.toThrow(WebAssembly.RuntimeError);
    expect(pace.held).toBe(0);
    expect(gate).toMatchObject({ ended: true, expired: false, reason });
    // The loop's turn finds nobody, and the next guest is held as usual.
    turn();
    await new Promise((resolve) => setImmediate(resolve));
    const other = rig({ pace }).gate;
    other.begin(1000);
    const next = start(other, runModule(loop())).run();
    expect(pace.held).toBe(1);
    other.stop(reason);
    await expect(next).rejects.toThrow(WebAssembly.RuntimeError);
  });
});

describe("many guests", () => {
  /** Starts guests that never return, on one clock of which each look takes a millisecond, and logs their looks. */
  function loops(names: readonly string[], deadlineMs: number, pace: Pace, log: string[]) {
    let now = 0;
    const module = runModule(loop());
    return names.map((name) => {
      const check = () => {
        now += 1;
        log.push(name);
      };
      const { gate } = rig({ pace, check, now: () => now });
      gate.begin(deadlineMs);
      return start(gate, module).run();
    });
  }

  test("all that begin in one turn of the loop share it", async () => {
    const log: string[] = [];
    const names = Array.from({ length: 30 }, (_, index) => `guest ${index}`);
    const running = loops(names, Number.POSITIVE_INFINITY, new Pace(() => new Promise(() => {})), log);
    expect(running).toHaveLength(30);
    // Four slices, then one look of each that is held at once.
    expect(log.length).toBeLessThan(20 + 30 + 5);
  });

  test("one goes on in each turn of the loop, in the order in which they were held", async () => {
    const log: string[] = [];
    const pace = new Pace(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      log.push("turn");
    });
    const running = loops(["a", "b", "c"], 600, pace, log);
    const ended = await Promise.allSettled(running);
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    const turns = log
      .join(" ")
      .split(" turn")
      .filter((turn) => turn !== "")
      .map((turn) => [...new Set(turn.trim().split(" "))]);
    // All begin in the same turn; after that each turn belongs to one, until the time of all is over.
    expect(turns[0]).toEqual(["a", "b", "c"]);
    expect(turns.length).toBeGreaterThan(20);
    for (const [index, turn] of turns.slice(1).entries()) expect(turn).toEqual([["a", "b", "c"][index % 3]]);
  });

  test("timers go on", async () => {
    const pace = new Pace(() => new Promise((resolve) => setImmediate(resolve)));
    let fired = 0;
    const timer = setInterval(() => {
      fired += 1;
    }, 1);
    const reason = new Error("the timer fired often enough");
    const running = [1, 2].map(() => {
      const { gate } = rig({
        pace,
        check: () => {
          if (fired >= 10) throw reason;
        },
      });
      gate.begin(Number.POSITIVE_INFINITY);
      return [gate, start(gate, runModule(loop())).run()] as const;
    });
    const ended = await Promise.allSettled(running.map(([, run]) => run));
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    for (const [gate] of running) expect(gate.reason).toBe(reason);
    clearInterval(timer);
  });
});
