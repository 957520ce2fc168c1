/** How much one command moves, and when that is less: pure. */

import { DriverError } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { CommandSize } from "../src/command-size.ts";
import { ScsiError } from "../src/scsi-error.ts";
import type { SenseKey } from "../src/sense.ts";

const KIB = 1024;
const medium = { blockSize: 512, blockCount: 1000 };

const sense = (key: SenseKey, code: number) =>
  new ScsiError({ responseCode: 0x70, key, code, qualifier: 0 }, "Reading");
const disagreement = DriverError.protocol("It does not come to terms.");

/** Runs commands of `bytes` bytes that fail with `error`, and whose parts work; what is said. */
function fail(size: CommandSize, bytes: number, error: Error): string[] {
  const said: string[] = [];
  const whole = (): string => {
    throw error;
  };
  expect(
    size.attempt(
      bytes,
      whole,
      () => "parts",
      (message) => said.push(message),
    ),
  ).toBe("parts");
  return said;
}

describe("blocks of one command", () => {
  test("as many as fit, and of the last eight one", () => {
    const size = new CommandSize("high", 0);
    expect(size.blocks(medium, 0, 2048)).toBe(240);
    expect(size.blocks(medium, 960, 32)).toBe(32);
    expect(size.blocks(medium, 990, 10)).toBe(2);
    expect(size.blocks(medium, 992, 8)).toBe(1);
    expect(size.blocks({ ...medium, blockCount: 4 }, 0, 4)).toBe(1);
    expect(size.blocks({ blockSize: 4096, blockCount: 1000 }, 0, 100)).toBe(30);
  });

  test.each([
    ["full", 0, 120],
    ["unknown", 0, 120],
    ["super", 0, 1024],
    ["super-plus", 0, 1024],
    ["super", 64, 64],
    ["high", 1024, 1024],
  ] as const)("at %s speed, set to %i: %i KiB", (speed, setting, kib) => {
    expect(new CommandSize(speed, setting).bytes).toBe(kib * KIB);
  });
});

describe("a command that fails, and works in parts", () => {
  test.each([
    ["a disagreement", disagreement],
    ["silence", DriverError.timeout("Nothing came.")],
    ["a refusal", sense("illegal-request", 0x24)],
    ["a hardware error", sense("hardware-error", 0x44)],
  ])("%s: 64 KiB from then on, which is said", (_, error) => {
    const size = new CommandSize("high", 0);
    expect(fail(size, 120 * KIB, error)).toEqual([expect.stringContaining("at most 65536")]);
    expect(size.bytes).toBe(64 * KIB);
  });

  test("of 64 KiB, twice in a row: 4 KiB", () => {
    const size = new CommandSize("high", 64);
    expect(fail(size, 64 * KIB, disagreement)).toEqual([]);
    expect(size.bytes).toBe(64 * KIB);
    size.attempt(
      64 * KIB,
      () => "whole",
      () => "parts",
      () => {},
    );
    expect(fail(size, 64 * KIB, disagreement)).toEqual([]);
    expect(fail(size, 64 * KIB, disagreement)).toHaveLength(1);
    expect(size.bytes).toBe(4 * KIB);
  });

  test("of 64 KiB, refused as no command that it knows: 4 KiB work", () => {
    const size = new CommandSize("high", 64);
    fail(size, 64 * KIB, sense("illegal-request", 0x24));
    expect(fail(size, 64 * KIB, sense("illegal-request", 0x24))).toHaveLength(1);
    expect(size.bytes).toBe(4 * KIB);
  });

  test("of at most 64 KiB, not answered: once more, for 2 s", () => {
    const asked: unknown[] = [];
    const whole = (send?: { readonly timeoutMs: number }) => {
      asked.push(send?.timeoutMs);
      if (asked.length === 1) throw DriverError.timeout("Nothing came.");
      return "whole";
    };
    const size = new CommandSize("high", 0);
    expect(
      size.attempt(
        4 * KIB,
        whole,
        () => "parts",
        () => {},
      ),
    ).toBe("whole");
    expect(asked).toEqual([undefined, 2000]);
  });

  test.each<[string, number, Error]>([
    ["silence below", 64, DriverError.timeout("Nothing came.")],
    ["a medium error below", 64, sense("medium-error", 0x11)],
    ["the least", 4, disagreement],
    ["a device that is gone", 120, DriverError.disconnected("It is gone.")],
    ["no medium", 120, sense("not-ready", 0x3a)],
    ["not ready", 120, sense("not-ready", 0x04)],
    ["write protection", 120, sense("data-protect", 0x27)],
    ["another medium", 120, sense("unit-attention", 0x28)],
    ["what is no error of a driver", 120, new RangeError("a bug")],
  ])("%s is the error at once", (_, kib, error) => {
    const size = new CommandSize("high", 0);
    const whole = (): never => {
      throw error;
    };
    expect(() => size.attempt(kib * KIB, whole, whole, () => {})).toThrow(error);
    expect(size.bytes).toBe(120 * KIB);
  });

  test("whose parts fail as well is that error, and the size is what it was", () => {
    const size = new CommandSize("high", 0);
    const damaged = sense("medium-error", 0x11);
    const whole = (): never => {
      throw damaged;
    };
    expect(() => size.attempt(120 * KIB, whole, whole, () => {})).toThrow(damaged);
    expect(size.bytes).toBe(120 * KIB);
  });
});
