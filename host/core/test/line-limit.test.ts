import { describe, expect, test } from "vitest";
import type { AuditEvent, ComplaintEvent, WarningEvent } from "../src/trace/events.ts";
import { LineLimit } from "../src/trace/line-limit.ts";
import { FakeClock, fakeBoard } from "./fakes.ts";

/** A clock of which only the test moves the hands, and whose sleepers wake when it says so. */
class StillClock extends FakeClock {
  readonly sleepers: (() => void)[] = [];

  override sleep(_: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      this.sleepers.push(resolve);
    });
  }
}

function limited() {
  const clock = new StillClock();
  const told: (AuditEvent | ComplaintEvent | WarningEvent)[] = [];
  const limit = new LineLimit(clock, (event) => told.push(event));
  const deny = (device: string, denied: string, call = "a call") =>
    limit.add({ kind: "denied", device, denied, call, reason: "so it is", startMs: clock.now() });
  return { clock, told, limit, deny };
}

function sum(events: readonly (AuditEvent | ComplaintEvent | WarningEvent)[]): number {
  return events.reduce((total, { count = 1 }) => total + count, 0);
}

describe("denials in masses", () => {
  test("a few are told at once, the rest as one line with its count when the second is over", async () => {
    const { clock, told, deny } = limited();
    for (let count = 0; count < 1000; count += 1) deny("indoor", "address", `call ${count}`);
    expect(told).toHaveLength(5);
    clock.advance(1000);
    clock.sleepers.pop()!();
    await Promise.resolve();
    expect(told).toHaveLength(6);
    expect(told.at(-1)).toMatchObject({ device: "indoor", denied: "address", call: "call 999", count: 995 });
  });

  test("a guest that never lets a timer run is told of by its own next calls, and nothing is lost", () => {
    const { clock, told, limit, deny } = limited();
    for (let count = 0; count < 10_000; count += 1) {
      deny("indoor", "rate");
      clock.advance(1);
    }
    expect(told.length).toBeLessThanOrEqual(10 * 6);
    limit[Symbol.dispose]();
    expect(sum(told)).toBe(10_000);
  });

  test("each device and each kind has its own lines", () => {
    const { told, deny } = limited();
    for (let count = 0; count < 100; count += 1) {
      deny("indoor", "address");
      deny("indoor", "length");
      deny("outdoor", "address");
    }
    expect(told).toHaveLength(15);
  });

  test("a device's warnings are lines of their own kind", () => {
    const { clock, told, limit, deny } = limited();
    for (let count = 0; count < 10; count += 1) {
      deny("indoor", "address");
      limit.add({ kind: "warning", device: "indoor", message: `no ${count}`, startMs: clock.now() });
    }
    limit[Symbol.dispose]();
    expect(told.filter(({ kind }) => kind === "warning")).toHaveLength(6);
    expect(told.findLast(({ kind }) => kind === "warning")).toMatchObject({ message: "no 9", count: 5 });
  });

  test("what was left out is told at the end", () => {
    const { told, limit, deny } = limited();
    for (let count = 0; count < 7; count += 1) deny("indoor", "address");
    limit[Symbol.dispose]();
    limit[Symbol.dispose]();
    expect(told.map(({ count }) => count)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      2,
    ]);
  });

  test("seldom ones are all told", () => {
    const { clock, told, deny } = limited();
    for (let count = 0; count < 20; count += 1) {
      deny("indoor", "address");
      clock.advance(500);
    }
    expect(told).toHaveLength(20);
  });

  test("a board's trail has them all in its counts", async () => {
    const { board, events } = await fakeBoard(
      { devices: { indoor: { driver: "guest", i2c: { bus: 1, address: "0x76" } } } },
      {
        guest: (imports) => {
          const { bus } = imports["busbar:board/i2c"].open("indoor");
          return {
            read: () => {
              for (let count = 0; count < 1000; count += 1) expect(() => bus.read(0x77, 1n)).toThrow();
              return Float64Array.of(0);
            },
          };
        },
      },
    );
    await (await board.sensor("indoor")).read();
    await board[Symbol.asyncDispose]();
    const denials = events.filter((event) => event.kind === "denied");
    expect(denials).toHaveLength(6);
    expect(sum(denials)).toBe(1000);
  });
});
