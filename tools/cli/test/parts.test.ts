import type { AuditEvent, Channel } from "@busbar/host";
import type { I2cScan, I2cScanState } from "@busbar/host-node";
import { describe, expect, test } from "vitest";
import { AuditLog } from "../src/audit.ts";
import { History } from "../src/history.ts";
import { describeFunctions, functionNames } from "../src/i2c-functions.ts";
import { formatValue, widthOf } from "../src/output/number.ts";
import type { Output } from "../src/output/output.ts";
import { plot } from "../src/output/plot.ts";
import { printable, printableLines } from "../src/output/printable.ts";
import { scanGrid } from "../src/output/scan-grid.ts";

describe("text from drivers", () => {
  test("control, format and bidirectional characters are shown, not obeyed", () => {
    expect(printable("a\u001B[2Jb\r\nc\u009Bd\u202Ee\u2028f")).toBe(
      "a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{9b}d\\u{202e}e\\u{2028}f",
    );
    expect(printable("°C, m/s², 温度")).toBe("°C, m/s², 温度");
  });

  test("is cut", () => {
    expect(printable("x".repeat(50), 10)).toBe(`${"x".repeat(10)}…`);
  });

  test("a compiler's message keeps its lines", () => {
    expect(printableLines("a\n\tb\u0007")).toEqual(["a", "  b\\u{7}"]);
  });
});

describe("numbers", () => {
  const channel = (resolution: number): Channel => {
    return { quantity: "temperature", label: "t", minimum: -40, maximum: 85, resolution };
  };

  test("have the decimals that the resolution makes meaningful", () => {
    expect(formatValue(channel(0.005), 21.4567)).toBe("21.46");
    expect(formatValue(channel(0.0003), 21.4567)).toBe("21.457");
    expect(formatValue(channel(2.62), 100653.27)).toBe("100653");
    expect(formatValue(channel(1e-12), 1)).toBe("1.000000000");
    expect(formatValue(channel(0), 1)).toBe("1.000");
  });

  test("that are none stay short", () => {
    expect(formatValue(channel(0.005), Number.NaN)).toBe("NaN");
    expect(formatValue(channel(0.005), 1e300)).toBe("1e+300");
    expect(formatValue(channel(0.005), undefined)).toBe("-");
  });

  test("fit a width that the channel's range gives", () => {
    expect(widthOf(channel(0.005))).toBe("-40.00".length);
  });
});

describe("a plot", () => {
  const format = (value: number) => value.toFixed(0);
  const options = { format, leastSpan: 0, from: "4 s ago", to: "now" };

  test("draws rises and falls", () => {
    const lines = plot({ ...options, values: [0, 0, 2, 2, 1, 0], height: 3 });
    expect(lines).toEqual(["2 ┤  ╭─╮", "1 ┤  │ ╰╮", "0 ┤──╯  ╰", "   4 s ago now"]);
  });

  test("leaves gaps where there is no value", () => {
    expect(plot({ ...options, values: [0, Number.NaN, 2], height: 3 }).slice(0, 3)).toEqual([
      "2 ┤  ─",
      "1 ┤",
      "0 ┤─",
    ]);
  });

  test("a steady value runs through the middle, however small its noise", () => {
    const lines = plot({ ...options, values: [10, 10.001, 10], height: 3, leastSpan: 4 });
    expect(lines.slice(0, 3)).toEqual(["12 ┤", "10 ┤───", " 8 ┤"]);
    expect(plot({ ...options, values: [10, 10], height: 3 }).slice(0, 3)).toEqual(["11 ┤", "10 ┤──", " 9 ┤"]);
  });

  test("has its height, whatever the values", () => {
    for (const values of [[], [Number.NaN], [1e308, -1e308], [Number.POSITIVE_INFINITY, 1], [5e-324, 0]]) {
      expect(plot({ ...options, values, height: 4 })).toHaveLength(5);
    }
  });
});

describe("a history", () => {
  test("has the extremes since the start and the curve of its window", () => {
    const history = new History(1000);
    expect([history.minimum, history.maximum, history.latest]).toEqual([undefined, undefined, undefined]);
    history.add(0, 100);
    history.add(1000, 0);
    history.add(2000, 10);
    expect([history.minimum, history.maximum, history.latest]).toEqual([0, 100, 10]);
    expect(history.spanMs).toBe(1000);
    expect(history.curve(5)).toEqual([0, 2.5, 5, 7.5, 10]);
  });

  test("a failed reading is a gap", () => {
    const history = new History(10_000);
    history.add(0, 1);
    history.add(1000, undefined);
    history.add(2000, 3);
    expect(history.latest).toBe(3);
    expect(history.curve(5)).toEqual([1, Number.NaN, Number.NaN, Number.NaN, 3]);
  });

  test("keeps the last value of each of 600 slots of its window, and all extremes", () => {
    const history = new History(60_000);
    for (const [timeMs, value] of [
      [0, 1],
      [50, 9],
      [99, 5],
    ] as const) {
      history.add(timeMs, value);
    }
    expect(history.spanMs).toBe(0);
    expect(history.curve(2)).toEqual([5, 5]);
    expect(history.maximum).toBe(9);
  });

  test("goes on for years, and its curve stays right", () => {
    const history = new History(300_000);
    for (let timeMs = 0; timeMs <= 400_000; timeMs += 10) history.add(timeMs, timeMs);
    expect(history.spanMs).toBeGreaterThan(295_000);
    expect(history.curve(2)[1]).toBe(400_000);
    expect(history.minimum).toBe(0);
  });
});

describe("the audit log", () => {
  const event = (call: string): AuditEvent => {
    return { kind: "denied", device: "indoor", startMs: 0, call, denied: "address", reason: "not granted" };
  };
  const log = () => {
    const lines: string[] = [];
    const output = { notice: (text: string) => void lines.push(text) } as Partial<Output> as Output;
    return { lines, audit: new AuditLog(output) };
  };

  test("repetitions are told at powers of ten", () => {
    const { lines, audit } = log();
    for (let count = 0; count < 2500; count += 1) audit.denied(event("write 1"));
    expect(lines).toEqual([
      "denied to indoor: write 1: not granted",
      "denied to indoor: write 1: not granted (10 times)",
      "denied to indoor: write 1: not granted (100 times)",
      "denied to indoor: write 1: not granted (1000 times)",
    ]);
  });

  test("a line that stands for many counts as many", () => {
    const { lines, audit } = log();
    for (let count = 0; count < 5; count += 1) audit.denied(event("write 1"));
    audit.denied({ ...event("write 1"), count: 995 });
    expect(lines.at(-1)).toBe("denied to indoor: write 1: not granted (1000 times)");
    expect(lines).toHaveLength(2);
  });

  test("a driver that invents new denials cannot flood it", () => {
    const { lines, audit } = log();
    for (let count = 0; count < 100_000; count += 1) audit.denied(event(`write ${count}`));
    expect(lines).toHaveLength(20 + 5);
    expect(lines.at(-1)).toContain("and others, such as write 10019: not granted (10000 times)");
  });

  test("a driver cannot fake a line", () => {
    const { lines, audit } = log();
    audit.denied(event("x\nbusbar: all is well"));
    expect(lines).toEqual(["denied to indoor: x\\u{a}busbar: all is well: not granted"]);
  });
});

describe("a scan", () => {
  const scan = (states: Readonly<Record<number, I2cScanState>>, more: object = {}): I2cScan => ({
    number: 1,
    name: "bcm2835",
    entries: Array.from({ length: 0x70 }, (_, index) => {
      const address = index + 0x08;
      return { address, state: states[address] ?? "absent", ...more };
    }),
  });

  test("looks like i2cdetect's", () => {
    const grid = scanGrid(scan({ 118: "acknowledges", 104: "busy", 48: "not-probed" }), (text) => text);
    expect(grid.split("\n")).toEqual([
      "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f",
      "00:                         -- -- -- -- -- -- -- --",
      "10: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --",
      "20: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --",
      "30:    -- -- -- -- -- -- -- -- -- -- -- -- -- -- --",
      "40: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --",
      "50: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- --",
      "60: -- -- -- -- -- -- -- -- UU -- -- -- -- -- -- --",
      "70: -- -- -- -- -- -- 76 --",
      "",
      "Acknowledged: 0x76.",
      "0x68 belongs to a kernel driver (UU); it was not probed.",
    ]);
  });

  test("says when nothing acknowledges, and when the bus itself failed", () => {
    const grid = scanGrid(scan({}, { fault: "the bus stayed busy" }), (text) => text);
    expect(grid).toContain(
      "\nNothing acknowledges.\nAt 112 addresses the bus itself failed, first: the bus stayed busy.",
    );
  });

  test("names what an adapter can do", () => {
    expect(functionNames(0x0001_0000)).toEqual(["SMBUS_QUICK"]);
    expect(functionNames(0x0002_0001)).toEqual(["I2C", "SMBUS_READ_BYTE"]);
    // A Raspberry Pi's adapter; and the Intel i801 of a PC.
    expect(functionNames(0x0eff0009)).toContain("SMBUS_WRITE_I2C_BLOCK");
    expect(describeFunctions(0x0eff0009)).toBe(
      "I2C; SMBus quick, byte, byte data, word data, proc call, block data, I2C block",
    );
    expect(describeFunctions(0x1fff0008)).toMatch(/^SMBus quick, /);
  });
});
