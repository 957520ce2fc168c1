import { describe, expect, test } from "vitest";
import { DriverError, type FrameFinder, readFrame, UartFault, uartFault, uartOn } from "../src/index.ts";
import { type ExpectedUartCall, UartPlayback } from "../src/uart-playback.ts";

const thrown = (body: () => unknown): DriverError => {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("a port", () => {
  test("passes on what it is asked, and nothing for no bytes", () => {
    const playback = new UartPlayback([
      { write: [1, 2] },
      { drain: true },
      { read: [3] },
      { discard: true },
      { setBaudRate: 38_400 },
    ]);
    const { port } = playback;
    port.write(Uint8Array.of(1, 2));
    port.write(new Uint8Array());
    port.drain();
    expect(port.read(10, 1.2)).toEqual(Uint8Array.of(3));
    port.discard();
    expect(port.lineSettings().baudRate).toBe(9600);
    port.setBaudRate(38_400);
    expect(port.lineSettings()).toMatchObject({ baudRate: 38_400, dataBits: 8, parity: "none" });
    playback.done();
  });

  test("is disconnected when it was closed; closing twice is legal", () => {
    const { port } = new UartPlayback([]);
    port[Symbol.dispose]();
    port[Symbol.dispose]();
    expect(thrown(() => port.read(1, 0)).payload).toEqual({
      ...{ tag: "disconnected", val: "The port was closed; open it again." },
    });
  });

  test("what is opened is released with the driver", () => {
    const playback = new UartPlayback([]);
    const log: string[] = [];
    const handle = Object.assign(playback.handle, { [Symbol.dispose]: () => void log.push("dispose") });
    const bus = uartOn({ open: () => handle, time: { nowMs: () => 0, waitMs: () => undefined } });
    const opened = new DisposableStack();
    bus.open("gps", opened);
    opened.dispose();
    expect(log).toEqual(["dispose"]);
    const refused = uartOn({
      open() {
        throw Object.assign(new Error(), { payload: { tag: "denied", val: "no such name." } });
      },
      time: { nowMs: () => 0, waitMs: () => undefined },
    });
    expect(thrown(() => refused.open("gps", new DisposableStack())).payload).toEqual({
      tag: "access-denied",
      val: "Opening the port is not allowed (no such name); see the host's audit trail, and grant it in the board file.",
    });
  });
});

describe("faults", () => {
  test.each([
    ["denied", "access-denied", false],
    ["disconnected", "disconnected", false],
    ["framing", "bus", true],
    ["parity", "bus", true],
    ["break", "bus", true],
    ["overrun", "bus", true],
    ["other", "bus", false],
  ] as const)("%s is %s", (tag, code, isOfLine) => {
    const fault = uartFault({ payload: { tag, val: "why" } }, "reading from the port");
    expect(fault).toBeInstanceOf(UartFault);
    expect(fault).toMatchObject({ code: tag, isOfLine, payload: { tag: code } });
    expect(fault.message).toMatch(/reading from the port/i);
    expect(uartFault(fault, "something else")).toBe(fault);
  });

  test("what is none is a bug, and goes on", () => {
    for (const bug of [
      new TypeError("x"),
      { payload: { tag: "jammed" } },
      { payload: "framing" },
      undefined,
    ]) {
      let caught: unknown = "nothing";
      try {
        uartFault(bug, "reading");
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(bug);
    }
  });
});

describe("frames", () => {
  /** Two bytes of one value. */
  class Twins implements FrameFinder<number> {
    #kept: number[] = [];

    push(bytes: Uint8Array): number | undefined {
      this.#kept.push(...bytes);
      while (this.#kept.length >= 2) {
        const [one, other] = this.#kept as [number, number];
        this.#kept.shift();
        if (one !== other) continue;
        this.#kept.shift();
        return one;
      }
      return undefined;
    }

    reset(): void {
      this.#kept = [];
    }
  }

  const wait = { timeoutMs: 100, maximum: 10, timeout: () => new Error("nothing came") };
  const framing: ExpectedUartCall = { read: [], error: { tag: "framing" } };
  const play = <Result>(
    calls: readonly ExpectedUartCall[],
    use: (playback: UartPlayback) => Result,
  ): Result => {
    const playback = new UartPlayback(calls);
    const result = use(playback);
    playback.done();
    return result;
  };

  test("are put together of what comes, and what follows is kept", () => {
    const finder = new Twins();
    play([{ read: [1] }, { read: [2, 2, 3, 3] }], ({ port, timer }) => {
      expect(readFrame(port, timer, finder, wait)).toBe(2);
      expect(readFrame(port, timer, finder, wait)).toBe(3);
    });
  });

  test("what was begun when a byte was disturbed is none", () => {
    play([{ read: [1] }, framing, { read: [1] }, { read: [4, 4] }], ({ port, timer }) => {
      expect(readFrame(port, timer, new Twins(), wait)).toBe(4);
    });
  });

  test("where none comes in time, the line's last fault is the error, or that nothing came", () => {
    play([framing, { read: [1] }, { read: [] }], ({ port, timer }) => {
      expect(thrown(() => readFrame(port, timer, new Twins(), wait))).toMatchObject({ code: "framing" });
    });
    play([{ read: [1] }, { read: [] }], ({ port, timer }) => {
      expect(() => readFrame(port, timer, new Twins(), wait)).toThrow("nothing came");
    });
  });

  test("what is wrong with the port is the error at once", () => {
    const gone: ExpectedUartCall = { read: [], error: { tag: "disconnected", val: "unplugged" } };
    play([{ read: [1] }, gone], ({ port, timer }) => {
      expect(thrown(() => readFrame(port, timer, new Twins(), wait)).payload.tag).toBe("disconnected");
    });
  });
});

describe("playback", () => {
  test.each<[string, readonly ExpectedUartCall[], (playback: UartPlayback) => void, RegExp]>([
    [
      "another call",
      [{ drain: true }],
      ({ port }) => port.discard(),
      /call 0 is discard, but expected was drain/,
    ],
    [
      "other bytes",
      [{ write: [1] }],
      ({ port }) => port.write(Uint8Array.of(2)),
      /write 02, but expected was write 01/,
    ],
    ["one too many", [], ({ port }) => port.drain(), /call 0 is one too many: drain/],
    ["one too few", [{ drain: true }], () => undefined, /1 calls are left over, first: drain/],
    [
      "more than fits",
      [{ read: [1, 2] }],
      ({ port }) => port.read(1, 0),
      /2 bytes are given where 1 are asked for/,
    ],
  ])("%s fails, at once or in the end", (_, calls, use, message) => {
    const playback = new UartPlayback(calls);
    try {
      use(playback);
    } catch {
      // A driver may swallow it.
    }
    expect(() => playback.done()).toThrow(message);
  });
});
