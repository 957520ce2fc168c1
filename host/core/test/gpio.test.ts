import { describe, expect, test } from "vitest";
import { parseBoard } from "../src/board/parse.ts";
import { describeWiring } from "../src/board/wiring.ts";
import { BackendError } from "../src/error.ts";
import { leastEntry } from "../src/grants/least.ts";
import { mergeUse } from "../src/grants/use.ts";
import { FakeChip, type GpioImports, gpioBoard, refusal, threeLines } from "./gpio-fakes.ts";

const board = ({ "busbar:board/gpio": gpio }: GpioImports) => gpio;

describe("the lines of a driver", () => {
  test("are opened as the entry says when it starts, and given back when it ends", async () => {
    const { board, chip, read } = await gpioBoard(() => undefined);
    expect(chip.log).toEqual([]);
    await read();
    expect(chip.uses).toEqual([
      { device: "panel", chip: 0, line: 17, direction: "in", pull: "up", initial: "high" },
      { device: "panel", chip: 0, line: 22, direction: "out", initial: "low" },
      { device: "panel", chip: 0, line: 4, direction: "in-out", initial: "low" },
    ]);
    await board[Symbol.asyncDispose]();
    expect(chip.log.slice(3)).toEqual(["close 17", "close 22", "close 4"]);
  });

  test("an output that is active becomes inactive at the end, whatever its levels mean", async () => {
    const lines = { relay: { chip: 0, line: 22, direction: "out", activeLevel: "active-low" } } as const;
    const use = async (imports: GpioImports) => (await board(imports).openOut("panel", "relay")).setActive();
    for (const answersLater of [false, true]) {
      const chip = new FakeChip(answersLater);
      const opened = await gpioBoard(use, { gpio: { lines }, chip });
      await opened.read();
      await opened.board[Symbol.asyncDispose]();
      expect(chip.log).toEqual(["open 22 out", "write 22 low", "write 22 high", "close 22"]);
    }
  });

  test("are closed again where one of them cannot be opened", async () => {
    const lines = { ...threeLines, other: { chip: "missing", line: 1, direction: "in" } } as const;
    const { chip, read } = await gpioBoard(() => undefined, { gpio: { lines } });
    await expect(read()).rejects.toThrow(
      'panel: there is no GPIO chip "missing" (asked fake); list the chips with "gpioinfo", or simulate it.',
    );
    expect(chip.log.slice(3)).toEqual(["close 17", "close 22", "close 4"]);
  });
});

describe.each([
  ["lines that answer at once", false],
  ["lines that answer later", true],
])("pins of %s", (_, answersLater) => {
  test("say what they are", async () => {
    const configs: unknown[] = [];
    const { read } = await gpioBoard(
      async (imports) => {
        const { openIn, openOut, openInOut } = board(imports);
        for (const pin of [
          await openIn("panel", "ready"),
          await openOut("panel", "relay"),
          await openInOut("panel", "data"),
        ]) {
          configs.push(pin.getConfig());
          expect(pin.watchForReady().ready()).toBe(true);
        }
      },
      { chip: new FakeChip(answersLater) },
    );
    await read();
    expect(configs).toEqual([
      { label: "ready", pinMode: "in", activeLevel: "active-low", pullResistor: "pull-up" },
      { label: "relay", pinMode: "out", activeLevel: "active-high" },
      { label: "data", pinMode: "in-out", activeLevel: "active-high" },
    ]);
  });

  test("speak of states, and the chip of levels", async () => {
    const seen: unknown[] = [];
    const { chip, events, read } = await gpioBoard(
      async (imports) => {
        const ready = await board(imports).openIn("panel", "ready");
        const relay = await board(imports).openOut("panel", "relay");
        chip.levels.set(17, "low");
        seen.push(await ready.read(), await ready.isActive(), await ready.isInactive());
        chip.levels.set(17, "high");
        seen.push(await ready.read(), await ready.isActive(), await ready.isInactive());
        await relay.setState("active");
        await relay.setInactive();
        await relay.toggle();
        await relay.toggle();
        await relay.setActive();
        const data = await board(imports).openInOut("panel", "data");
        await data.setActive();
        seen.push(await data.read());
      },
      { chip: new FakeChip(answersLater) },
    );
    await read();
    expect(seen).toEqual(["active", true, false, "inactive", false, true, "active"]);
    expect(chip.log.slice(3)).toEqual([
      ...["high", "low", "high", "low", "high"].map((level) => `write 22 ${level}`),
      "write 4 high",
    ]);
    const told = events.flatMap((event) => (event.kind === "gpio" ? [event] : []));
    expect(told).toHaveLength(13);
    expect(told[0]).toMatchObject({
      ...{ device: "panel", chip: 0, line: 17, name: "ready" },
      ...{ operation: "read", level: "low", state: "active" },
    });
    expect(told[6]).toMatchObject({ name: "relay", operation: "set", level: "high", state: "active" });
  });

  test("a chip's failure is the guest's, and told", async () => {
    const { chip, events, read } = await gpioBoard(
      async (imports) => {
        const pin = await board(imports).openInOut("panel", "data");
        chip.fail = { tag: "hardware-fault" };
        for (const call of [() => pin.read(), () => pin.setActive(), () => pin.watchActive()]) {
          expect(await refusal(call)).toMatchObject({ tag: expect.stringMatching(/hardware|operation/) });
        }
        chip.fail = undefined;
      },
      { chip: new FakeChip(answersLater) },
    );
    await read();
    const told = events.flatMap((event) => (event.kind === "gpio" ? [event] : []));
    expect(told).toMatchObject([
      { operation: "read", error: { code: { tag: "hardware-fault" }, message: "injected" } },
      { operation: "set", level: "high", error: { code: { tag: "hardware-fault" } } },
    ]);
    expect(told[0]).not.toHaveProperty("level");
  });

  test("a pollable of a state is ready where the line has it, and once it has had it", async () => {
    const { chip, clock, read } = await gpioBoard(
      async (imports) => {
        const pin = await board(imports).openIn("panel", "ready");
        chip.levels.set(17, "high");
        expect((await pin.watchInactive()).ready()).toBe(true);
        const active = await pin.watchState("active");
        expect(active.ready()).toBe(false);
        chip.drive(17, "low", clock.now());
        chip.drive(17, "high", clock.now());
        expect(active.ready()).toBe(true);
        await active.block();
        expect(chip.watchers(17)).toBe(0);
      },
      { chip: new FakeChip(answersLater) },
    );
    await read();
  });
});

describe("edges", () => {
  test("are of the logical state: falling is from active to inactive", async () => {
    const { chip, clock, read } = await gpioBoard(async (imports) => {
      const pin = await board(imports).openIn("panel", "ready");
      const [falling, rising] = [pin.watchFallingEdge(), pin.watchRisingEdge()];
      chip.drive(17, "high", clock.now());
      expect([falling.ready(), rising.ready()]).toEqual([true, false]);
      chip.drive(17, "low", clock.now());
      expect(rising.ready()).toBe(true);
      const again = pin.watchRisingEdge();
      expect(again.ready()).toBe(false);
      again[Symbol.dispose]();
      expect(chip.watchers(17)).toBe(0);
    });
    await read();
  });

  test("are waited for, several of them together", async () => {
    const { chip, clock, read } = await gpioBoard(async (imports) => {
      const pin = await board(imports).openIn("panel", "ready");
      const pollables = [pin.watchFallingEdge(), pin.watchRisingEdge()];
      void clock.sleep(5).then(() => chip.drive(17, "low", clock.now()));
      expect(await imports["wasi:io/poll"].poll(pollables)).toEqual(Uint32Array.of(1));
      expect(clock.now()).toBe(5);
      void clock.sleep(5).then(() => chip.drive(17, "high", clock.now()));
      await pollables[0]!.block();
      expect(clock.now()).toBe(10);
    });
    await read();
  });

  test("are waited for once, however often a list names them", async () => {
    const { chip, read } = await gpioBoard(async (imports) => {
      const edge = (await board(imports).openIn("panel", "ready")).watchRisingEdge();
      const waiting = imports["wasi:io/poll"].poll(Array.from({ length: 200_000 }, () => edge));
      chip.drive(17, "low", 1);
      expect(await waiting).toHaveLength(200_000);
    });
    await read();
  });

  test("a wait for one that never comes ends with the call's time, and with the driver", async () => {
    const { chip, read } = await gpioBoard(
      async (imports) => {
        const pin = await board(imports).openIn("panel", "ready");
        await pin.watchRisingEdge().block();
      },
      { limits: { callMs: 100 } },
    );
    await expect(read()).rejects.toThrow("the driver took longer than its limit of 100 ms");
    expect(chip.watchers(17)).toBe(0);
    expect(chip.log).toContain("close 17");
  });

  test("are kept in their order with their times until somebody takes them", async () => {
    const { chip, clock, events, read } = await gpioBoard(async (imports) => {
      const pin = await board(imports).openIn("panel", "ready");
      const edges = board(imports).watchEdges(pin);
      expect(await edges.wait(0)).toEqual([]);
      chip.drive(17, "low", 1.25);
      chip.drive(17, "high", 1.5);
      expect(await edges.wait(1000)).toEqual([
        { state: "active", timeMs: 1.25 },
        { state: "inactive", timeMs: 1.5 },
      ]);
      expect(clock.now()).toBe(0);
      void clock.sleep(7).then(() => chip.drive(17, "low", clock.now()));
      expect(await edges.wait(1000)).toEqual([{ state: "active", timeMs: 7 }]);
      expect(await edges.wait(3)).toEqual([]);
      expect(clock.now()).toBe(10);
      edges[Symbol.dispose]();
      chip.drive(17, "high", clock.now());
      expect(chip.watchers(17)).toBe(0);
    });
    await read();
    const told = events.filter((event) => event.kind === "gpio");
    expect(told).toMatchObject([
      { operation: "edge", startMs: 1.25, durationMs: 0, level: "low", state: "active" },
      { operation: "edge", startMs: 1.5, level: "high", state: "inactive" },
      { operation: "edge", startMs: 7 },
    ]);
  });

  test("of more than 1024 that nobody takes the newest stay, and the others are counted", async () => {
    const { chip, read } = await gpioBoard(async (imports) => {
      const edges = board(imports).watchEdges(await board(imports).openIn("panel", "ready"));
      for (let count = 0; count < 1030; count += 1) chip.drive(17, "low", count);
      const kept = await edges.wait(0);
      expect(kept).toHaveLength(1024);
      expect([kept[0]!.timeMs, kept.at(-1)!.timeMs]).toEqual([6, 1029]);
      expect([edges.lost(), edges.lost()]).toEqual([6, 0]);
    });
    await read();
  });

  test("are kept once, however many wait for them", async () => {
    const { chip, read } = await gpioBoard(async (imports) => {
      const pin = await board(imports).openIn("panel", "ready");
      const [one, other] = [board(imports).watchEdges(pin), board(imports).watchEdges(pin)];
      chip.drive(17, "low", 1);
      expect((await one.wait(0))[0]).toBe((await other.wait(0))[0]);
    });
    await read();
  });

  test("where the line tells of none, all that would wait for one is not supported", async () => {
    const { read } = await gpioBoard(async (imports) => {
      const data = await board(imports).openInOut("panel", "data");
      const asInput = await board(imports).openIn("panel", "data");
      for (const call of [
        () => data.watchActive(),
        () => data.watchRisingEdge(),
        () => asInput.watchFallingEdge(),
        () => board(imports).watchEdges(asInput),
      ]) {
        expect(await refusal(call)).toEqual({ tag: "operation-not-supported" });
      }
    });
    await read();
  });
});

describe("what is not granted", () => {
  test.each([
    ["another name", "openIn", "other", "ready", "pin-not-allowed", "name"],
    ["another line", "openIn", "panel", "else", "pin-not-allowed", "line"],
    ["another direction", "openOut", "panel", "ready", "pin-mode-not-allowed", "direction"],
    ["both directions of an input", "openInOut", "panel", "ready", "pin-mode-not-allowed", "direction"],
    ["an output as an input", "openIn", "panel", "relay", "pin-mode-not-allowed", "direction"],
  ] as const)("%s is refused, and told", async (_, open, name, line, tag, denied) => {
    const { chip, read, denials } = await gpioBoard(async (imports) => {
      expect(await refusal(() => board(imports)[open](name, line))).toEqual({ tag });
    });
    await read();
    expect(denials()).toMatchObject([{ kind: "denied", device: "panel", denied }]);
    expect(chip.log).toHaveLength(3);
  });

  test("more in a second than the limit is refused, and told once for each", async () => {
    const { chip, read, denials } = await gpioBoard(
      async (imports) => {
        const pin = await board(imports).openOut("panel", "relay");
        pin.setActive();
        pin.setInactive();
        expect(await refusal(() => pin.setActive())).toEqual({
          tag: "other",
          val: "more than 2 transactions in a second",
        });
      },
      { limits: { transactionsPerSecond: 2 } },
    );
    await read();
    expect(chip.log.slice(3)).toEqual(["write 22 high", "write 22 low"]);
    expect(denials()).toMatchObject([{ denied: "rate", call: 'gpio set of the line "relay"' }]);
  });

  test("a wait for a state that is one too many does not reach the line", async () => {
    const { chip, read, denials } = await gpioBoard(
      async (imports) => {
        const pin = await board(imports).openIn("panel", "ready");
        pin.watchActive()[Symbol.dispose]();
        expect(await refusal(() => pin.watchActive())).toMatchObject({ tag: "other" });
      },
      { limits: { transactionsPerSecond: 1 } },
    );
    await read();
    expect(chip.log.slice(3)).toEqual(["watch 17"]);
    expect(denials()).toMatchObject([{ denied: "rate", call: 'gpio watch of the line "ready"' }]);
  });
});

describe("an entry that is not enforced", () => {
  const entry = {
    driver: "./fake.wasm",
    gpio: { lines: { ...threeLines, ready: { ...threeLines.ready, debounceMs: 5 } } },
    enforce: false,
  } as const;

  test("another direction is told and given, and the least entry covers it", async () => {
    const use = async (imports: GpioImports) => {
      const pin = await board(imports).openOut("panel", "ready");
      pin.setActive();
      await board(imports).openOut("panel", "data");
    };
    const { board: opened, chip, read, denials } = await gpioBoard(use, entry);
    await read();
    expect(denials()).toMatchObject([{ kind: "would-be-denied", denied: "direction" }]);
    expect(chip.log.slice(3)).toEqual(["close 17", "open 17 in-out", "write 17 low"]);
    const uses = opened.uses.get("panel")!;
    expect(uses).toMatchObject({ gpio: { lines: { ready: "out", data: "out" } } });
    const least = leastEntry(entry, uses);
    expect(least.gpio).toEqual({
      lines: {
        ready: { chip: 0, line: 17, direction: "out", activeLevel: "active-low", pull: "up" },
        data: { chip: 0, line: 4, direction: "out" },
      },
    });
    const again = await gpioBoard(use, least);
    await again.read();
    expect(again.denials()).toEqual([]);
  });

  test("what the line cannot do is an error, and what is granted goes on", async () => {
    const chip = new FakeChip();
    const open = chip.openGpioLine.bind(chip);
    chip.openGpioLine = (use) => {
      if (use.line === 17 && use.direction !== "in") throw new BackendError("the chip has no outputs.");
      return open(use);
    };
    const { read } = await gpioBoard(
      async (imports) => {
        const pin = await board(imports).openIn("panel", "ready");
        const edges = board(imports).watchEdges(pin);
        expect(await refusal(() => board(imports).openOut("panel", "ready"))).toMatchObject({ tag: "other" });
        chip.drive(17, "low", 5);
        expect(await edges.wait(0)).toEqual([{ state: "active", timeMs: 5 }]);
        expect(pin.read()).toBe("active");
      },
      { ...entry, chip },
    );
    await read();
    expect(new Set(chip.log.slice(3))).toEqual(new Set(["watch 17", "close 17", "open 17 in"]));
  });

  test("what tells of its edges goes on to do so, because a line of both directions tells of none", async () => {
    const { chip, read } = await gpioBoard(async (imports) => {
      const edges = board(imports).watchEdges(await board(imports).openIn("panel", "ready"));
      expect(await refusal(() => board(imports).openOut("panel", "ready"))).toEqual({
        tag: "operation-not-supported",
      });
      chip.drive(17, "low", 5);
      expect(await edges.wait(0)).toHaveLength(1);
    }, entry);
    await read();
  });

  test("another line is refused all the same, and not recorded", async () => {
    const {
      board: opened,
      read,
      denials,
    } = await gpioBoard(async (imports) => {
      expect(await refusal(() => board(imports).openIn("panel", "else"))).toEqual({ tag: "pin-not-allowed" });
    }, entry);
    await read();
    expect(denials()).toMatchObject([{ kind: "denied", denied: "line" }]);
    expect(opened.uses.get("panel")).toEqual({ transactionsPerSecond: 0 });
  });

  test("two runs together need what either needed", () => {
    const one = { transactionsPerSecond: 1, gpio: { lines: { a: "in", b: "out" } } } as const;
    const other = { transactionsPerSecond: 2, gpio: { lines: { b: "in", c: "in" } } } as const;
    expect(mergeUse(one, other)).toEqual({
      transactionsPerSecond: 2,
      gpio: { lines: { a: "in", b: "in-out", c: "in" } },
    });
  });
});

test("wasi:gpio/delay waits at least as long", async () => {
  const { clock, read } = await gpioBoard(async ({ "wasi:gpio/delay": delay }) => {
    await delay.delayNs(500_000);
    await delay.delayUs(1500);
    await delay.delayMs(3);
  });
  await read();
  expect(clock.now()).toBe(5);
});

test("a board's lines are described by their names, their places, and whether they are simulated", () => {
  const file = parseBoard({
    devices: {
      panel: {
        driver: "x",
        gpio: { lines: { ...threeLines, led: { chip: "sim", line: "A", direction: "out" } } },
      },
    },
    simulate: [{ gpio: "sim", lines: { led: 3 }, model: "m" }],
  });
  expect(describeWiring(file, "panel")).toBe(
    '"ready" on line 17 of chip 0, "relay" on line 22 of chip 0, "data" on line 4 of chip 0, ' +
      '"led" on line "A" of chip "sim" (simulated)',
  );
});
