import type { HostError, SimulateEntry } from "@busbar/host";
import type { GpioEdge, GpioLineUse, I2cBus } from "@busbar/host/backend";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import {
  defineGpioModel,
  defineModel,
  type GpioPart,
  type I2cTarget,
  type ModelClock,
  SimulatedGpioChip,
  SimulatedI2cBus,
  simulate,
  simulatedGpio,
  VirtualClock,
  type WireLevel,
} from "../src/index.ts";
import { attachModel } from "../src/models/index.ts";

const use = (line: number, more: Partial<GpioLineUse> = {}): GpioLineUse => ({
  ...{ chip: "sim", line, direction: "in", initial: "low", device: "test" },
  ...more,
});

/** Echoes what it is driven to on its other line, 5 ms later. */
class Echo implements GpioPart {
  #changes: [number, WireLevel | undefined][] = [];

  level(line: string, atMs: number): WireLevel | undefined {
    return line === "in"
      ? undefined
      : (this.#changes.findLast(([changeMs]) => changeMs <= atMs)?.[1] ?? "low");
  }

  nextChange(line: string, atMs: number): number | undefined {
    return line === "in" ? undefined : this.#changes.find(([changeMs]) => changeMs > atMs)?.[0];
  }

  driven(_: string, level: WireLevel | undefined, atMs: number): void {
    this.#changes.push([atMs + 5, level]);
  }
}

const echo = defineGpioModel(["in", "out"], v.strictObject({}), () => new Echo());
const models = new Map<string, unknown>([["echo", echo]]);

const lines = (parameters: Record<string, unknown> = {}): SimulateEntry => ({
  ...{ gpio: "sim", lines: { a: 1, b: 2 }, model: "lines" },
  ...parameters,
});

function chipOf(clock: VirtualClock, ...entries: SimulateEntry[]) {
  return simulatedGpio(entries, clock, models).chips.get("sim")!;
}

function refusal(...entries: SimulateEntry[]): string {
  try {
    simulate(entries, new VirtualClock(), models);
  } catch (error) {
    expect(error).toMatchObject({ code: "board" });
    return (error as HostError).message;
  }
  return "accepted";
}

describe("a simulated line", () => {
  test("that nobody drives has the level of its resistor, and is low without one", () => {
    const chip = new SimulatedGpioChip(new VirtualClock());
    for (const [pull, level] of [
      ["up", "high"],
      ["down", "low"],
      [undefined, "low"],
    ] as const) {
      const line = chip.open(use(1, { pull }));
      expect(line.read()).toBe(level);
      chip.drive(1, "high");
      expect(line.read()).toBe("high");
      chip.drive(1, undefined);
      expect(line.read()).toBe(level);
      line.close();
    }
  });

  test("that two drive is low where one of them says so", () => {
    const chip = new SimulatedGpioChip(new VirtualClock());
    const line = chip.open(use(1, { direction: "in-out", initial: "high" }));
    expect(line.read()).toBe("high");
    chip.drive(1, "low");
    expect([line.read(), chip.level(1)]).toEqual(["low", "low"]);
  });

  test("goes through all changes of its part in their order, with their own times, also when it is looked at late", async () => {
    const clock = new VirtualClock(1000.1);
    const chip = chipOf(
      clock,
      lines({
        changes: {
          a: [
            [1.5, "high"],
            [2.25, "low"],
            [10, "high"],
          ],
        },
      }),
    );
    const line = chip.open(use(1));
    const edges: GpioEdge[] = [];
    line.watch((edge) => edges.push(edge));
    clock.advance(5);
    await clock.sleep(1);
    expect(edges).toEqual([
      { level: "high", timeMs: 1000.1 + 1.5 },
      { level: "low", timeMs: 1000.1 + 2.25 },
    ]);
    expect(line.read()).toBe("low");
    await clock.sleep(20);
    expect(edges[2]).toEqual({ level: "high", timeMs: 1000.1 + 10 });
    expect(line.read()).toBe("high");
  });

  test("no time passes for changes that nobody listens to", async () => {
    const clock = new VirtualClock();
    const chip = chipOf(clock, lines({ changes: { a: [[50, "high"]] } }));
    const line = chip.open(use(1));
    line.watch(() => undefined)[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clock.now()).toBe(0);
    expect(chip.level(1)).toBe("low");
    clock.advance(50);
    expect(chip.level(1)).toBe("high");
  });

  test("a level counts only once it has lasted as long as the debounce", async () => {
    const clock = new VirtualClock();
    const changes = [1, 3, 4, 6, 7, 30, 32, 40].map((atMs, index) => [
      atMs,
      index % 2 === 0 ? "high" : "low",
    ]);
    const chip = chipOf(clock, lines({ changes: { a: changes } }));
    const line = chip.open(use(1, { debounceMs: 5 }));
    const edges: GpioEdge[] = [];
    line.watch((edge) => edges.push(edge));
    await clock.sleep(8);
    expect([line.read(), chip.level(1)]).toEqual(["low", "high"]);
    await clock.sleep(40);
    expect(edges).toEqual([
      { level: "high", timeMs: 12 },
      { level: "low", timeMs: 45 },
    ]);
    expect([line.read(), chip.level(1)]).toEqual(["low", "low"]);
  });

  test("a part that is driven on one line changes another, also for who listens to that already", async () => {
    const clock = new VirtualClock();
    const chip = chipOf(clock, { gpio: "sim", lines: { in: 1, out: 2 }, model: "echo" });
    const output = chip.open(use(1, { direction: "out" }));
    const edges: GpioEdge[] = [];
    chip.open(use(2)).watch((edge) => edges.push(edge));
    output.write("high");
    await clock.sleep(10);
    expect(edges).toEqual([{ level: "high", timeMs: 5 }]);
  });

  test("a part sees what is driven, and when the line is let go", () => {
    const clock = new VirtualClock();
    const chip = chipOf(clock, { gpio: "sim", lines: { in: 1, out: 2 }, model: "echo" });
    const output = chip.open(use(1, { direction: "out" }));
    const input = chip.open(use(2));
    output.write("high");
    clock.advance(4);
    expect(input.read()).toBe("low");
    clock.advance(1);
    expect(input.read()).toBe("high");
    output.close();
    clock.advance(5);
    expect(input.read()).toBe("low");
  });
});

describe("simulate", () => {
  test("is a backend of the named chips only, by all names that mean them", () => {
    const backend = simulate([lines(), lines({ gpio: "gpiochip3" })], new VirtualClock());
    for (const chip of ["sim", 3, "3", "/dev/gpiochip3"]) {
      const line = backend.openGpioLine(use(9, { chip }));
      expect(line).toBeDefined();
      if (!(line instanceof Promise)) line?.close();
    }
    expect(backend.openGpioLine(use(1, { chip: "other" }))).toBeUndefined();
    expect(backend.openGpioLine(use(1, { chip: 0 }))).toBeUndefined();
  });

  test("shows what is driven on the lines of no part", () => {
    const backend = simulate([lines()], new VirtualClock());
    const line = backend.openGpioLine(use(1, { direction: "out", initial: "high" }));
    expect(backend.pictures()).toEqual([{ model: "lines", picture: "a high" }]);
    if (line instanceof Promise) return;
    line!.close();
    expect(backend.pictures()).toEqual([{ model: "lines", picture: "a released" }]);
  });

  test("a fault strikes the line that it names", () => {
    const faults = [{ line: "a", fault: "hardware-fault", operation: 2 }];
    const chip = chipOf(new VirtualClock(), lines({ faults }));
    const [a, b] = [chip.open(use(1)), chip.open(use(2))];
    a.read();
    b.read();
    expect(() => a.read()).toThrow(expect.objectContaining({ payload: { tag: "hardware-fault" } }));
    expect(b.read()).toBe("low");
    expect(a.read()).toBe("low");
  });

  test.each([
    [
      [lines({ model: "nothing" })],
      'simulate[0] (nothing on lines 1, 2): There is no such model; choose one of lines, echo, install the package of the driver that has it, or name a module such as "./model.ts".',
    ],
    [
      [{ gpio: "sim", lines: { sideways: 1 }, model: "echo" }],
      'simulate[0] (echo on lines 1): It has no line "sideways"; its lines are in, out.',
    ],
    [[lines(), lines()], "simulate[1] (lines on lines 1, 2): Another part is wired to one of these lines."],
    [
      [lines({ faults: [{ line: "c", fault: "other" }] })],
      'simulate[0] (lines on lines 1, 2): A fault is of a line "c" that is not wired.',
    ],
    [
      [lines({ levels: { a: 1 } })],
      'simulate[0] (lines on lines 1, 2): "levels.a": expected ("low" | "high"), not 1.',
    ],
    [
      [
        lines({
          changes: {
            a: [
              [2, "high"],
              [2, "low"],
            ],
          },
        }),
      ],
      'simulate[0] (lines on lines 1, 2): "changes.a": expected the changes in the order of their times, and no two at one time.',
    ],
    [
      [lines({ more: 1 })],
      'simulate[0] (lines on lines 1, 2): "more" is no parameter of this model; remove it, or correct its spelling.',
    ],
    [
      [{ i2c: "sim", address: 0x40, model: "echo" }],
      'simulate[0] (echo at 0x40): It is the model of a part on GPIO lines; write "gpio" and "lines" instead of "i2c" and "address".',
    ],
  ] as [SimulateEntry[], string][])("refuses %j", (entries, message) => {
    expect(refusal(...entries)).toBe(message);
  });
});

test("an open drain pulls low, and lets go for high: then a resistor or somebody else has the line", () => {
  const chip = new SimulatedGpioChip(new VirtualClock());
  const line = chip.open(use(1, { direction: "in-out", drive: "open-drain", pull: "up", initial: "high" }));
  const states = () => [chip.isDriven(1), chip.level(1), line.read()];
  expect(states()).toEqual([false, "high", "high"]);
  line.write("low");
  expect(states()).toEqual([true, "low", "low"]);
  line.write("high");
  chip.drive(1, "low");
  expect(states()).toEqual([false, "low", "low"]);
});

describe("pins of a chip on a bus", () => {
  /** Its pin "alert" is high from 5 ms after the first byte that was written, until something is read; "reset" forgets that. */
  class Alert implements I2cTarget {
    #highMs = Number.POSITIVE_INFINITY;
    readonly #clock: ModelClock;
    constructor(clock: ModelClock) {
      this.#clock = clock;
    }
    start(): boolean {
      return true;
    }
    write(): boolean {
      this.#highMs = this.#clock.now() + 5;
      return true;
    }
    read(): number {
      this.#highMs = Number.POSITIVE_INFINITY;
      return 1;
    }
    stop(): void {}
    readonly pins: GpioPart = {
      level: (line, atMs) => (line === "reset" ? undefined : atMs >= this.#highMs ? "high" : "low"),
      nextChange: (line, atMs) => (line === "alert" && this.#highMs > atMs ? this.#highMs : undefined),
      driven: (_, level) => {
        if (level === "high") this.#highMs = Number.POSITIVE_INFINITY;
      },
    };
  }

  const alert = defineModel(v.strictObject({}), (_, clock) => new Alert(clock), ["alert", "reset"]);
  const chips = new Map<string, unknown>([["alert", alert]]);
  const entry = (more: object = {}): SimulateEntry => ({
    ...{ i2c: "bus", address: 0x20, model: "alert" },
    lines: { alert: { chip: "gpiochip7", line: 3 }, reset: { chip: "other", line: 3 } },
    ...more,
  });
  const wrong = (more: object): string => {
    try {
      simulate([entry(more)], new VirtualClock(), chips);
    } catch (error) {
      return (error as HostError).message;
    }
    return "accepted";
  };

  test("change by themselves, by what is written and read, and by what is driven; on chips by their one name", async () => {
    const clock = new VirtualClock();
    const simulation = simulate([entry()], clock, chips);
    const bus = simulation.openI2c("bus") as I2cBus;
    const line = (await simulation.openGpioLine(use(3, { chip: 7 })))!;
    const reset = (await simulation.openGpioLine(use(3, { chip: "other", direction: "out" })))!;
    const edges: GpioEdge[] = [];
    using _ = line.watch((edge) => edges.push(edge));
    void bus.transaction(0x20, [{ kind: "write", data: Uint8Array.of(1) }]);
    clock.advance(20);
    // What happened before the next transaction is told with its own time.
    void bus.transaction(0x20, [{ kind: "read", length: 1 }]);
    void bus.transaction(0x20, [{ kind: "write", data: Uint8Array.of(1) }]);
    await clock.sleep(10);
    await reset.write("high");
    expect(edges).toEqual([
      { level: "high", timeMs: 5 },
      { level: "low", timeMs: 20 },
      { level: "high", timeMs: 25 },
      { level: "low", timeMs: 30 },
    ]);
  });

  test.each([
    [{ lines: { ready: { chip: "a", line: 1 } } }, 'It has no line "ready"; its lines are alert, reset.'],
    [{ model: "registers", registers: { "0x00": "01" } }, 'It has no line "alert"; it has none.'],
    [
      { lines: { alert: { chip: "a", line: -1 } } },
      '"lines.alert.line": expected a whole number from 0 to 65535.',
    ],
    [{ lines: 3 }, '"lines": expected Object, not 3.'],
    [
      { lines: { alert: { chip: "a", line: 1 }, reset: { chip: "a", line: 1 } } },
      "Another part is wired to one of these lines.",
    ],
  ])("%j is refused", (more, message) => {
    expect(wrong(more)).toContain(message);
  });

  test("without GPIO chips they cannot be wired, and need not be", () => {
    const bus = new SimulatedI2cBus();
    const {
      i2c: _,
      address,
      model: __,
      ...parameters
    } = entry() as Record<string, unknown> & { address: number };
    expect(() => attachModel(bus, address, alert, parameters, new VirtualClock())).toThrow(
      'This host simulates no GPIO lines; remove "lines".',
    );
    attachModel(bus, address, alert, {}, new VirtualClock());
    expect(bus.addresses).toEqual([0x20]);
  });
});
