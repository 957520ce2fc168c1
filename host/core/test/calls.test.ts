import { describe, expect, test } from "vitest";
import type { BoardFile } from "../src/board/schema.ts";
import { fakeBoard, type Guest, type GuestI2c } from "./fakes.ts";

const file: BoardFile = {
  devices: {
    indoor: {
      driver: "guest",
      i2c: { bus: 1, address: "0x76", maximumLength: 8 },
      settings: { filter: 4, mode: "normal" },
      limits: { transactionsPerSecond: 5 },
    },
  },
};

/** A guest whose reading is whatever `use` makes of its bus. */
function using(use: (bus: GuestI2c, address: number) => number): Guest {
  return (imports) => {
    const { bus, address } = imports["busbar:board/i2c"].open("indoor");
    return { read: () => Float64Array.of(use(bus, address)) };
  };
}

/** What a guest sees of a failed call. */
function payloadOf(call: () => unknown): unknown {
  try {
    call();
    return "no error";
  } catch (thrown) {
    return (thrown as { payload: unknown }).payload;
  }
}

describe("a driver's calls", () => {
  test("a granted call reaches the bus, and is traced", async () => {
    const { board, bus, events } = await fakeBoard(file, {
      guest: using((i2c, address) => i2c.writeRead(address, Uint8Array.of(0xf7), 3n)[0]!),
    });
    const sensor = await board.sensor("indoor");
    expect(await sensor.read()).toEqual({ temperature: 1 });
    expect(bus.transactions).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({
      kind: "i2c",
      device: "indoor",
      bus: 1,
      address: 0x76,
      operations: [{ kind: "write" }, { kind: "read", length: 3 }],
      results: [Uint8Array.of(1, 1, 1)],
    });
  });

  test("all four functions of the interface arrive as transactions", async () => {
    const { board, bus } = await fakeBoard(file, {
      guest: using((i2c, address) => {
        i2c.write(address, Uint8Array.of(1, 2));
        expect(i2c.read(address, 2n)).toEqual(Uint8Array.of(2, 2));
        expect(i2c.writeRead(address, Uint8Array.of(3), 1n)).toEqual(Uint8Array.of(3));
        const results = i2c.transaction(address, [
          { tag: "read", val: 1n },
          { tag: "write", val: Uint8Array.of(4) },
          { tag: "read", val: 2n },
        ]);
        expect(results).toEqual([Uint8Array.of(4), Uint8Array.of(4, 4)]);
        expect(i2c.transaction(address, [])).toEqual([]);
        return 0;
      }),
    });
    await (await board.sensor("indoor")).read();
    expect(bus.transactions.map(({ operations }) => operations)).toEqual([
      [{ kind: "write", data: Uint8Array.of(1, 2) }],
      [{ kind: "read", length: 2 }],
      [
        { kind: "write", data: Uint8Array.of(3) },
        { kind: "read", length: 1 },
      ],
      [
        { kind: "read", length: 1 },
        { kind: "write", data: Uint8Array.of(4) },
        { kind: "read", length: 2 },
      ],
    ]);
  });

  test.each([
    ["another address", "address", (bus: GuestI2c) => bus.read(0x77, 1n)],
    ["too long", "length", (bus: GuestI2c) => bus.read(0x76, 9n)],
    ["2^53 bytes", "length", (bus: GuestI2c) => bus.read(0x76, 2n ** 53n)],
    ["2^53 + 1 bytes", "length", (bus: GuestI2c) => bus.read(0x76, 2n ** 53n + 1n)],
    ["2^64 - 1 bytes", "length", (bus: GuestI2c) => bus.read(0x76, 2n ** 64n - 1n)],
    [
      "2^64 - 1 bytes after a write",
      "length",
      (bus: GuestI2c) => bus.writeRead(0x76, Uint8Array.of(1), 2n ** 64n - 1n),
    ],
    [
      "a million operations",
      "length",
      (bus: GuestI2c) => bus.transaction(0x76, Array(1_000_000).fill({ tag: "read", val: 1n })),
    ],
  ])("%s: an error for the guest, a line for the operator, nothing on the bus", async (_, denied, call) => {
    let seen: unknown;
    const { board, bus, events } = await fakeBoard(file, {
      guest: using((i2c) => {
        seen = payloadOf(() => call(i2c));
        return 0;
      }),
    });
    await (await board.sensor("indoor")).read();
    expect(seen).toEqual({ tag: "other" });
    expect(bus.transactions).toEqual([]);
    expect(events.filter(({ kind }) => kind === "denied")).toEqual([
      expect.objectContaining({ device: "indoor", denied, call: expect.stringContaining("bus 1 at 0x7") }),
    ]);
    expect(JSON.stringify(events).length).toBeLessThan(1000);
  });

  test("another device's name is refused, whether it exists or not, and tells nothing", async () => {
    const answers: unknown[] = [];
    const { board, events } = await fakeBoard(
      { devices: { ...file.devices, other: { driver: "guest", i2c: { bus: 1, address: "0x77" } } } },
      {
        guest: (imports) => {
          for (const name of ["other", "nothing", "Indoor"]) {
            answers.push(payloadOf(() => imports["busbar:board/i2c"].open(name)));
            expect(imports["busbar:board/settings"].get(name)).toEqual([]);
          }
          return { read: () => Float64Array.of(0) };
        },
      },
    );
    await board.sensor("indoor");
    await board[Symbol.asyncDispose]();
    expect(answers.map((answer) => (answer as { tag: string }).tag)).toEqual(Array(3).fill("access-denied"));
    const denials = events.filter((event) => event.kind === "denied");
    expect(denials.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(6);
  });

  test("more transactions in a second than the limit are refused, and later ones work", async () => {
    const { board, bus, clock, events } = await fakeBoard(file, {
      guest: using((i2c, address) => i2c.read(address, 1n)[0]!),
    });
    const sensor = await board.sensor("indoor");
    for (let count = 0; count < 5; count += 1) await sensor.read();
    await expect(sensor.read()).rejects.toThrow();
    expect(bus.transactions).toHaveLength(5);
    expect(events).toContainEqual(expect.objectContaining({ kind: "denied", denied: "rate" }));
    clock.advance(60_200);
    await expect((await board.sensor("indoor")).read()).resolves.toBeDefined();
  });

  test("opening another handle does not give more transactions", async () => {
    const { board, bus } = await fakeBoard(file, {
      guest: (imports) => ({
        read: () => {
          const { bus: handle, address } = imports["busbar:board/i2c"].open("indoor");
          return Float64Array.of(handle.read(address, 1n)[0]!);
        },
      }),
    });
    const sensor = await board.sensor("indoor");
    for (let count = 0; count < 5; count += 1) await sensor.read();
    await expect(sensor.read()).rejects.toThrow();
    expect(bus.transactions).toHaveLength(5);
  });

  test("settings arrive as texts, in the order of the board file", async () => {
    let settings: unknown;
    const { board } = await fakeBoard(file, {
      guest: (imports) => {
        settings = imports["busbar:board/settings"].get("indoor");
        return { read: () => Float64Array.of(0) };
      },
    });
    await board.sensor("indoor");
    expect(settings).toEqual([
      ["filter", "4"],
      ["mode", "normal"],
    ]);
  });

  test("a failed transaction keeps its error code, in the guest and in the trace", async () => {
    let seen: unknown;
    const { board, bus, events } = await fakeBoard(file, {
      guest: using((i2c, address) => {
        seen = payloadOf(() => i2c.read(address, 1n));
        return 0;
      }),
    });
    bus.fail = { tag: "no-acknowledge", val: "address" };
    await (await board.sensor("indoor")).read();
    expect(seen).toEqual({ tag: "no-acknowledge", val: "address" });
    expect(events.at(-1)).toMatchObject({ error: { code: { tag: "no-acknowledge", val: "address" } } });
  });

  test("a listener that throws changes nothing", async () => {
    const { board } = await fakeBoard(file, {
      guest: using((i2c, address) => i2c.read(address, 1n)[0]!),
    });
    board.listen(() => {
      throw new Error("a listener's own problem");
    });
    await expect((await board.sensor("indoor")).read()).resolves.toEqual({ temperature: 1 });
  });
});
