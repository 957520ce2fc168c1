import { describe, expect, test } from "vitest";
import type { WrittenEntry } from "../src/board/schema.ts";
import { leastEntry } from "../src/grants/least.ts";
import { FakeUart, type GuestUart, payloadOf, uartBoard } from "./uart-fakes.ts";

const gps: WrittenEntry = {
  driver: "./fake.wasm",
  uart: { port: "/dev/ttyUSB0", baudRate: 4800, parity: "even", baudRates: [38_400], maximumLength: 8 },
};

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("a driver on a serial line", () => {
  test("gets its port as the entry sets it, and moves bytes", async () => {
    const { events, read, uart } = await uartBoard(gps, async ({ open }) => {
      const port = await open("gps");
      expect(port.getLineSettings()).toEqual({
        ...{ baudRate: 4800, dataBits: 8, parity: "even", stopBits: 1, flowControl: "none" },
      });
      await port.write(bytes(1, 2, 3));
      await port.drain();
      expect(await port.read(2, 0)).toEqual(bytes(1, 2));
      await port.discard();
      expect(await port.read(8, 0)).toEqual(bytes());
      await port.setBaudRate(38_400);
      expect(port.getLineSettings().baudRate).toBe(38_400);
      await port.setBaudRate(4800);
    });
    await read();
    expect(uart.uses).toEqual([
      {
        ...{ device: "gps", baudRate: 4800, dataBits: 8, parity: "even", stopBits: 1, flowControl: "none" },
      },
    ]);
    expect(uart.log).toEqual([
      ...["write 1,2,3", "drain", "read 2 0", "discard", "read 8 0", "baud 38400", "baud 4800"],
    ]);
    const told = events.filter((event) => event.kind === "uart");
    expect(told).toMatchObject([
      { device: "gps", port: "ttyUSB0", operation: "write", data: bytes(1, 2, 3) },
      { operation: "drain" },
      { operation: "read", data: bytes(1, 2) },
      { operation: "discard" },
      { operation: "read", data: bytes() },
      { operation: "set-baud-rate", baudRate: 38_400 },
      { operation: "set-baud-rate", baudRate: 4800 },
    ]);
  });

  test("what is not granted reaches no port, and is written down", async () => {
    const only = { ...gps, uart: { ...gps.uart!, direction: "read" } } as WrittenEntry;
    const { read, told, uart } = await uartBoard(only, async ({ open }) => {
      const port = await open("gps");
      const denied = (val: string) => ({ tag: "denied", val });
      expect(await payloadOf(port.write(bytes(1)))).toEqual(denied('a write is not granted, only "read" is'));
      expect(await payloadOf(port.drain())).toEqual(denied('a drain is not granted, only "read" is'));
      expect(await payloadOf(port.read(9, 0))).toEqual(denied("a read of 9 bytes; 1 to 8 are granted"));
      expect(await payloadOf(port.setBaudRate(9600))).toEqual(
        denied("9600 baud are not granted, only 4800, 38400"),
      );
      expect(await payloadOf(open("other"))).toMatchObject({ tag: "denied" });
    });
    await read();
    expect(uart.log).toEqual([]);
    expect(told()).toEqual(
      ["direction", "direction", "length", "baud-rate", "name"].map((each) => ["denied", each]),
    );
  });

  test("an entry that is not enforced is told of, and what it needed is noted", async () => {
    const open = { ...gps, enforce: false, uart: { port: "ttyUSB0", direction: "read", baudRates: [300] } };
    const { board, read, told, uart } = await uartBoard(open as WrittenEntry, async ({ open }) => {
      const port = await open("gps");
      await port.write(bytes(1, 2));
      await port.setBaudRate(38_400);
      expect(await payloadOf(port.setBaudRate(3))).toMatchObject({ tag: "denied" });
      await port.read(100, 0);
    });
    await read();
    expect(uart.log).toEqual(["write 1,2", "baud 38400", "read 100 0"]);
    expect(told()).toEqual([
      ["would-be-denied", "direction"],
      ["would-be-denied", "baud-rate"],
      ["denied", "baud-rate"],
    ]);
    const use = board.uses.get("gps");
    expect(use!.uart).toEqual({ reads: true, writes: true, maximumLength: 100, baudRates: [38_400] });
    expect(leastEntry(open as WrittenEntry, use!).uart).toEqual({
      ...{ port: "ttyUSB0", baudRates: [38_400], maximumLength: 100 },
    });
  });

  test("reads and writes count as transactions", async () => {
    const limited = { ...gps, limits: { transactionsPerSecond: 3 } };
    const { read, told } = await uartBoard(limited, async ({ open }) => {
      const port = await open("gps");
      await port.write(bytes(1));
      await port.read(1, 0);
      await port.discard();
      expect(await payloadOf(port.read(1, 0))).toEqual({
        ...{ tag: "denied", val: "more than 3 transactions in a second" },
      });
    });
    await read();
    expect(told()).toEqual([["denied", "rate"]]);
  });

  test.each(["framing", "parity", "break", "overrun"] as const)(
    "%s on the line is the guest's error and told of, and the port goes on",
    async (tag) => {
      const { events, read, uart } = await uartBoard(gps, async ({ open }) => {
        const port = await open("gps");
        uart.fail = tag;
        expect(await payloadOf(port.read(1, 0))).toEqual({ tag });
        uart.fail = undefined;
        expect(await port.read(1, 0)).toEqual(bytes());
      });
      await read();
      expect(events.find((event) => event.kind === "uart" && event.error !== undefined)).toMatchObject({
        ...{ operation: "read", error: { code: { tag }, message: "injected" } },
      });
    },
  );

  test("one of two reads at a time is refused", async () => {
    const { read } = await uartBoard(gps, async ({ open }) => {
      const port = await open("gps");
      const first = port.read(1, 1000);
      expect(await payloadOf(port.read(1, 0))).toEqual({ tag: "other", val: "another read is under way" });
      await port.write(bytes(7));
      expect(await first).toEqual(bytes(7));
    });
    await read();
  });

  test("a read without end ends with the call's time, and the port is given back", async () => {
    const { events, read, uart } = await uartBoard({ ...gps, limits: { callMs: 50 } }, async ({ open }) => {
      const port = await open("gps");
      uart.isStuck = true;
      await port.read(1, 0xffff_ffff);
    });
    await expect(read()).rejects.toMatchObject({ code: "timeout" });
    expect(events.at(-1)).toMatchObject({ kind: "lifecycle", event: "trapped" });
    uart.isStuck = false;
    await read().catch(() => undefined);
    expect(uart.uses).toHaveLength(2);
    expect(uart.log.filter((call) => call === "close")).toHaveLength(2);
  });

  test("a read that waits ends when the board is closed", async () => {
    const waits = Promise.withResolvers<void>();
    const { board, read } = await uartBoard(gps, async ({ open }) => {
      const port = await open("gps");
      const reading = port.read(1, 0xffff_ffff);
      waits.resolve();
      await reading;
    });
    const reading = read();
    reading.catch(() => undefined);
    await waits.promise;
    await board[Symbol.asyncDispose]();
    await expect(reading).rejects.toMatchObject({ code: "disconnected" });
  });
});

describe("a port that comes and goes", () => {
  test("is waited for", async () => {
    const uart = new FakeUart();
    uart.isThere = false;
    const { board, events, read, turns } = await uartBoard(gps, async () => undefined, uart);
    const reading = read();
    while (!turns().includes("waiting")) await new Promise((resolve) => setImmediate(resolve));
    expect(events.at(-1)).toMatchObject({
      reason: 'there is no serial port "ttyUSB0" (asked fake); plug it in, or correct the entry',
    });
    uart.plug(true);
    expect(await reading).toEqual({ altitude: 1 });
    expect(turns()).toEqual(["waiting", "started"]);
    await board[Symbol.asyncDispose]();
    expect(uart.watches).toBe(0);
  });

  test("a driver whose port leaves in the middle of a read is stopped, and works when it is back", async () => {
    const uart = new FakeUart();
    const waits = Promise.withResolvers<GuestUart>();
    const { read, turns } = await uartBoard(
      gps,
      async ({ open }) => {
        const port = await open("gps");
        const reading = port.read(1, 10_000);
        waits.resolve(port);
        await reading;
      },
      uart,
    );
    const reading = read();
    reading.catch(() => undefined);
    await waits.promise;
    uart.plug(false);
    await expect(reading).rejects.toMatchObject({
      ...{
        code: "disconnected",
        message: expect.stringContaining('the serial port "ttyUSB0" was unplugged'),
      },
    });
    uart.plug(true);
    const again = read();
    await new Promise((resolve) => setImmediate(resolve));
    await uart.write(bytes(1));
    expect(await again).toEqual({ altitude: 1 });
    expect(turns()).toEqual(["started", "stopped", "started"]);
  });

  test("one that hung up and stays where it is is opened anew", async () => {
    const uart = new FakeUart();
    const { read, turns } = await uartBoard(
      gps,
      async ({ open }) => {
        const port = await open("gps");
        await port.read(1, 0);
      },
      uart,
    );
    await read();
    uart.fail = "disconnected";
    await expect(read()).rejects.toThrow();
    uart.fail = undefined;
    await read();
    expect(turns()).toEqual(["started", "stopped", "started"]);
    expect(uart.uses).toHaveLength(2);
    expect(uart.log.filter((call) => call === "close")).toHaveLength(1);
  });
});
