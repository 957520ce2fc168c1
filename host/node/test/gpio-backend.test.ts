import {
  BackendError,
  type GpioEdge,
  GpioError,
  type GpioLine,
  type GpioLineUse,
} from "@busbar/host/backend";
import { beforeEach, describe, expect, test } from "vitest";
import { createLinuxGpio } from "../src/gpio/backend.ts";
import { listGpioChips } from "../src/gpio/index.ts";
import { E, FakeGpioMachine } from "./gpio-machine.ts";

let machine: FakeGpioMachine;

beforeEach(() => {
  machine = new FakeGpioMachine();
  machine.chips.set(0, { label: "pinctrl", lines: ["ID_SDA", "GPIO1", "twice", "twice"] });
  machine.chips.set(2, { label: "cp2112", lines: ["", ""] });
});

const use = (more: Partial<GpioLineUse> = {}): GpioLineUse => ({
  ...{ chip: 0, line: 1, direction: "in", initial: "low", device: "panel" },
  ...more,
});

/** Backends of Linux answer at once. */
function open(more: Partial<GpioLineUse> = {}): GpioLine | undefined {
  return createLinuxGpio(machine).openGpioLine(use(more)) as GpioLine | undefined;
}

function refusal(more: Partial<GpioLineUse>): string {
  try {
    open(more);
  } catch (error) {
    expect(error).toBeInstanceOf(BackendError);
    expect(machine.openChips.size).toBe(0);
    return (error as BackendError).message;
  }
  return "opened";
}

function failure(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    if (error instanceof GpioError) return error.payload;
    throw error;
  }
  return undefined;
}

describe("a line", () => {
  test.each([0, "0", "gpiochip0", "/dev/gpiochip0", "pinctrl"])(
    "of the chip %j is taken by offset or name",
    (chip) => {
      for (const line of [1, "GPIO1"]) {
        const opened = open({ chip, line, direction: "out", initial: "high", pull: "up" })!;
        expect([...machine.openLines.values()]).toMatchObject([
          {
            chip: 0,
            offset: 1,
            consumer: "busbar-panel",
            config: { direction: "out", initial: "high", pull: "up", edges: false },
          },
        ]);
        opened.close();
        opened.close();
        expect([machine.openLines.size, machine.openChips.size]).toEqual([0, 0]);
      }
    },
  );

  describe("with an open drain", () => {
    const openDrain = {
      line: 1,
      direction: "in-out",
      drive: "open-drain",
      pull: "up",
      initial: "high",
    } as const;

    test("is an input while it is high, and driven while it is low", () => {
      const line = open(openDrain)!;
      const config = () => machine.line(1)!.config;
      expect(config()).toEqual({
        direction: "in",
        pull: "up",
        debounceMs: undefined,
        initial: "high",
        edges: false,
      });
      line.write("low");
      expect(config()).toMatchObject({ direction: "out", initial: "low", edges: false });
      line.write("high");
      expect(config()).toMatchObject({ direction: "in", pull: "up", edges: false });
      machine.line(1)!.level = "low";
      expect(line.read()).toBe("low");
      expect(machine.log).not.toContainEqual(expect.stringMatching(/^set/));
    });

    test("that is low from the start is driven from the start", () => {
      open({ ...openDrain, direction: "out", initial: "low" });
      expect(machine.line(1)!.config).toMatchObject({ direction: "out", initial: "low", edges: false });
    });

    test("tells of edges while it is high, also where somebody listened when it was low", () => {
      const line = open(openDrain)!;
      const edges: GpioEdge[] = [];
      line.write("low");
      const watch = line.watch((edge) => edges.push(edge));
      expect(machine.line(1)!.config.edges).toBe(false);
      line.write("high");
      expect(machine.line(1)!.config.edges).toBe(true);
      machine.change(1, "low", 2_000_000_000n);
      expect(edges).toEqual([{ level: "low", timeMs: 1000 }]);
      watch[Symbol.dispose]();
      expect(machine.line(1)!.config.edges).toBe(false);
    });

    test("that could not be set is as it was", () => {
      const line = open(openDrain)!;
      line.write("low");
      machine.fail = { call: "configure", errno: E.EIO };
      expect(failure(() => line.write("high"))).toBeDefined();
      machine.fail = undefined;
      line.watch(() => undefined);
      expect(machine.line(1)!.config).toMatchObject({ direction: "out", initial: "low" });
    });
  });

  test("of no chip of this machine is left to the next backend", () => {
    expect([open({ chip: 1 }), open({ chip: "sim" })]).toEqual([undefined, undefined]);
    machine.chips.set(1, { label: "x", lines: [], openErrno: E.ENODEV });
    expect(open({ chip: 1 })).toBeUndefined();
    machine.platform = "darwin";
    expect(open({ chip: 0 })).toBeUndefined();
    expect(machine.openChips.size).toBe(0);
  });

  test.each([
    [
      "a line that the chip does not have",
      { line: 4 },
      "/dev/gpiochip0 (pinctrl) has no line 4: its 4 lines begin with 0.",
    ],
    [
      "a name that it does not have",
      { line: "GPIO9" },
      '/dev/gpiochip0 (pinctrl) has no line "GPIO9"; write its offset, or a name that gpioinfo shows.',
    ],
    [
      "a name of several lines",
      { line: "twice" },
      '/dev/gpiochip0 (pinctrl) has several lines "twice": write one of the offsets 2, 3 instead.',
    ],
  ])("%s is refused", (_, more, message) => {
    expect(refusal(more)).toBe(message);
  });

  test("a label of several chips is refused, and so is a chip that this user may not use", () => {
    machine.chips.set(5, { label: "cp2112", lines: [] });
    expect(refusal({ chip: "cp2112" })).toBe(
      'Several GPIO chips are called "cp2112": write one of the numbers 2, 5 instead.',
    );
    machine.chips.set(7, { label: "x", lines: [], openErrno: E.EACCES });
    expect(refusal({ chip: 7 })).toContain(
      "This user may not open /dev/gpiochip7; mend it with: sudo groupadd -f -r gpio",
    );
    machine.tree["/dev/gpiochip7"] = { mode: 0o660, group: 997 };
    machine.tree["/etc/group"] = { text: "root:x:0:\ngpio:x:997:\n" };
    expect(refusal({ chip: 7 })).toBe(
      "This user may not open /dev/gpiochip7; mend it with: sudo usermod -aG gpio $USER  # then log in again",
    );
    machine.chips.get(7)!.openErrno = E.EPERM;
    machine.tree["/.dockerenv"] = {};
    expect(refusal({ chip: 7 })).toBe(
      "The system forbids this process to open /dev/gpiochip7; mend it with: start the container with --device /dev/gpiochip7",
    );
  });

  test("that somebody has is refused by that name; what the kernel refuses otherwise by its reason", () => {
    const line = open();
    expect(refusal({ device: "other" })).toBe(
      'other: /dev/gpiochip0, line 1 cannot be opened: it is used by "busbar-panel"; end that first.',
    );
    line!.close();
    machine.fail = { call: "request", errno: E.EINVAL };
    expect(refusal({})).toBe(
      "panel: /dev/gpiochip0, line 1 cannot be opened: EINVAL; the chip may not have this direction, resistor or debounce.",
    );
    machine.fail = { call: "chipInfo", errno: E.ENOTTY };
    expect(refusal({})).toBe("/dev/gpiochip0 is no GPIO chip: asking what it is failed with ENOTTY.");
  });

  test("is read and set", () => {
    const line = open({ direction: "out" })!;
    line.write("high");
    expect([line.read(), machine.log]).toEqual(["high", ["set 1 high"]]);
  });

  test.each([
    [E.EIO, { tag: "hardware-fault" }],
    [E.ENODEV, { tag: "hardware-fault" }],
    [E.EPERM, { tag: "operation-not-supported" }],
    [11, { tag: "would-block" }],
    [4711, { tag: "other", val: "/dev/gpiochip0, line 1: the transaction failed (errno 4711)" }],
  ])("that fails with errno %i fails for the guest", (errno, payload) => {
    const line = open()!;
    machine.fail = { call: "get", errno };
    expect(failure(() => line.read())).toEqual(payload);
    expect(line.read()).toBe("low");
  });

  test("that is an input is not set, and one that is closed is nothing any more", () => {
    const line = open()!;
    expect(failure(() => line.write("high"))).toEqual({ tag: "operation-not-supported" });
    line.close();
    const closed = { tag: "other", val: "/dev/gpiochip0, line 1: the line is closed" };
    for (const call of [() => line.read(), () => line.watch(() => undefined)])
      expect(failure(call)).toEqual(closed);
  });
});

describe("edges", () => {
  test("are asked for while somebody listens, and have the kernel's times on the host's clock", () => {
    const line = open()!;
    machine.change(1, "high", 1n);
    const [first, second]: [GpioEdge[], GpioEdge[]] = [[], []];
    const one = line.watch((edge) => first.push(edge));
    machine.change(1, "low", 2_000_500_000n);
    const two = line.watch((edge) => second.push(edge));
    for (const count of [3n, 4n, 5n])
      machine.line(1)!.events.push({ level: "high", timestampNs: count * 1_000_000_000n });
    machine.change(1, "low", 6_000_000_000n);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    machine.change(1, "high", 7_000_000_000n);
    two[Symbol.dispose]();
    expect(first.map(({ timeMs }) => timeMs)).toEqual([1000.5, 2000, 3000, 4000, 5000]);
    expect(second.map(({ level }) => level)).toEqual(["high", "high", "high", "low", "high"]);
    expect(machine.log).toEqual(["configure 1 edges true", "configure 1 edges false"]);
  });

  test("are not asked for where nobody can be told", () => {
    const line = open()!;
    machine.fail = { call: "whenReadable", errno: 24 };
    expect(failure(() => line.watch(() => undefined))).toMatchObject({ tag: "other" });
    expect(machine.log).toEqual(["configure 1 edges true", "configure 1 edges false"]);
  });

  test("that nobody took before are not told", () => {
    const line = open()!;
    for (const timestampNs of [1n, 2n, 3n]) machine.line(1)!.events.push({ level: "high", timestampNs });
    const edges: GpioEdge[] = [];
    line.watch((edge) => edges.push(edge));
    machine.change(1, "low", 1_000_000_000n);
    expect(edges).toEqual([{ level: "low", timeMs: 0 }]);
  });

  test("of an output, or of a chip without interrupts, are not supported", () => {
    expect(failure(() => open({ direction: "in-out" })!.watch(() => undefined))).toEqual({
      tag: "operation-not-supported",
    });
    const line = open({ line: 0 })!;
    machine.fail = { call: "configure", errno: E.ENXIO };
    expect(failure(() => line.watch(() => undefined))).toEqual({ tag: "operation-not-supported" });
    line.watch(() => undefined);
  });

  test("end with the line: by a listener itself, and by the adapter that is pulled out", () => {
    const line = open()!;
    const edges: GpioEdge[] = [];
    line.watch((edge) => {
      edges.push(edge);
      line.close();
    });
    for (const timestampNs of [1n, 2n, 3n]) machine.line(1)!.events.push({ level: "high", timestampNs });
    machine.change(1, "low", 4n);
    expect(edges).toHaveLength(1);
    expect(machine.openLines.size).toBe(0);

    const pulled = open()!;
    pulled.watch((edge) => edges.push(edge));
    machine.fail = { call: "events", errno: E.ENODEV };
    machine.change(1, "high", 5n);
    machine.change(1, "low", 6n);
    expect(edges).toHaveLength(1);
    machine.fail = { call: "events", errno: E.ENODEV };
    expect(failure(() => pulled.watch((edge) => edges.push(edge)))).toEqual({ tag: "hardware-fault" });
    pulled.close();
  });
});

test("the chips are listed, with what is wrong with each", () => {
  machine.chips.set(1, { label: "x", lines: [], openErrno: E.EACCES });
  expect(listGpioChips(machine)).toMatchObject([
    { number: 0, path: "/dev/gpiochip0", label: "pinctrl", lines: 4, problem: undefined },
    { number: 1, label: undefined, problem: expect.stringContaining("may not open /dev/gpiochip1") },
    { number: 2, label: "cp2112", lines: 2 },
  ]);
  expect(machine.openChips.size).toBe(0);
  machine.platform = "win32";
  expect(listGpioChips(machine)).toEqual([]);
});
