import { describe, expect, test } from "vitest";
import {
  type DriverBus,
  DriverError,
  type GpioBoard,
  type GpioGiven,
  gpioFault,
  gpioOn,
} from "../src/index.ts";

const time = { nowMs: () => 0, waitMs: () => undefined };

/** A board with any lines, and what was done with them. */
function board(edges: readonly object[] = []) {
  const calls: string[] = [];
  const note =
    <Value>(call: string, value?: Value) =>
    () => {
      calls.push(call);
      return value as Value;
    };
  const pin = (name: string) => ({
    setState: (state: string) => void calls.push(`${name} ${state}`),
    read: note(`read ${name}`, "active"),
    [Symbol.dispose]: note(`drop ${name}`),
  });
  const open = (device: string, line: string) => {
    calls.push(`open ${device} ${line}`);
    return pin(line);
  };
  const gpio = {
    openIn: open,
    openOut: open,
    openInOut: open,
    watchEdges: () => ({
      wait: (timeoutMs: number) => {
        calls.push(`wait ${timeoutMs}`);
        return edges;
      },
      lost: () => -1,
      [Symbol.dispose]: note("drop edges"),
    }),
  } as unknown as GpioBoard;
  return { calls, bus: gpioOn({ gpio, time }) };
}

function opened(bus: DriverBus<GpioGiven>) {
  const resources = new DisposableStack();
  const [lines] = bus.open("panel", resources);
  return { lines, resources };
}

/** The errors of wasi:gpio, as engines throw them, and as the caller of a driver sees them. */
const faults = [
  [{ tag: "hardware-fault" }, { tag: "bus", val: { kind: "bus", message: "reading it" } }],
  [
    { tag: "other", val: "busy." },
    { tag: "bus", val: { kind: "other", message: "Reading it failed: busy" } },
  ],
  [{ tag: "already-in-use" }, { tag: "access-denied", val: "Reading it failed: something else uses it." }],
  [
    { tag: "pin-not-allowed" },
    { tag: "access-denied", val: expect.stringContaining('add it to the "lines"') },
  ],
  [
    { tag: "pin-mode-not-allowed" },
    { tag: "access-denied", val: expect.stringContaining('its "direction"') },
  ],
  [{ tag: "undefined-pin-label" }, { tag: "not-found", val: "Reading it failed: there is no such line." }],
  [{ tag: "pin-mode-not-available" }, { tag: "unsupported" }],
  [{ tag: "would-block" }, { tag: "timeout" }],
  [{ tag: "operation-not-supported" }, { tag: "unsupported" }],
] as const;

describe("gpioFault", () => {
  test.each(faults)("%j", (payload, error) => {
    const cause = Object.assign(new Error("see payload"), { payload });
    const fault = gpioFault(cause, "reading it");
    expect(fault.payload).toMatchObject(error);
    expect(fault.cause).toBe(cause);
    expect(gpioFault(fault, "again")).toBe(fault);
  });

  test.each([new TypeError("a bug"), { payload: { tag: "toString" } }, undefined])(
    "%s is no fault of a line",
    (bug) => {
      let thrown: unknown;
      try {
        gpioFault(bug, "reading it");
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBe(bug);
    },
  );
});

describe("lines", () => {
  test("are opened by the device's name and their own, used, and dropped once, last opened first", () => {
    const { bus, calls } = board();
    const { lines, resources } = opened(bus);
    const [output, input, both] = [lines.output("relay"), lines.input("button"), lines.inputOutput("data")];
    output.set(true);
    both.set(false);
    expect([input.read(), both.read()]).toEqual([true, true]);
    input.watch();
    resources.dispose();
    expect(calls).toEqual([
      ...["open panel relay", "open panel button", "open panel data"],
      ...["relay active", "data inactive", "read button", "read data"],
      ...["drop data", "drop edges", "drop button", "drop relay"],
    ]);
    for (const call of [() => output.set(true), () => input.read(), () => input.watch()]) {
      expect(call).toThrow(
        expect.objectContaining({ payload: expect.objectContaining({ tag: "disconnected" }) }),
      );
    }
  });

  test("edges are told as states; times and counts of 32 bits arrive whole in both engines", () => {
    const { bus, calls } = board([
      { state: "active", timeMs: 1.5 },
      { state: "inactive", timeMs: 2 },
    ]);
    const edges = opened(bus).lines.input("button").watch();
    expect(edges.wait(0xffff_ffff)).toEqual([
      { active: true, timeMs: 1.5 },
      { active: false, timeMs: 2 },
    ]);
    expect(edges.lost()).toBe(0xffff_ffff);
    expect(calls.at(-1)).toBe("wait -1");
  });

  test("what cannot be opened is said by the line's name", () => {
    const refuse = () => {
      throw Object.assign(new Error("see payload"), { payload: { tag: "pin-not-allowed" } });
    };
    const { lines } = opened(gpioOn({ gpio: { openIn: refuse } as unknown as GpioBoard, time }));
    expect(() => lines.input("button")).toThrow(DriverError);
    expect(() => lines.input("button")).toThrow(
      'Opening the line "button" failed: the board does not grant it',
    );
  });
});
