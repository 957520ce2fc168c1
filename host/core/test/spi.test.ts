import { describe, expect, test } from "vitest";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { WrittenEntry } from "../src/board/schema.ts";
import { leastEntry } from "../src/grants/least.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";
import { FakeSpi, payloadOf, type SpiImports, spiBoard } from "./spi-fakes.ts";

const adc: WrittenEntry = {
  driver: "./fake.wasm",
  spi: { bus: "spi0", chipSelect: 1, mode: 3, maximumHz: 500_000, bitOrder: "lsb-first", maximumLength: 8 },
};

const other = (sentence: string) => ({ tag: "other", val: sentence });

describe("a driver on SPI", () => {
  test("gets its device as the entry wires it, and its bytes in one transaction", async () => {
    const { events, read, spi } = await spiBoard(adc, ({ open }) => {
      const device = open("adc");
      expect(device.read(2n)).toEqual(Uint8Array.of(1, 1));
      expect(device.transfer(Uint8Array.of(1, 0x80, 0))).toEqual(Uint8Array.of(2, 2, 2));
      const results = device.transaction([
        { tag: "write", val: Uint8Array.of(0xf7) },
        { tag: "delay-ns", val: 500 },
        { tag: "read", val: 3n },
        { tag: "transfer", val: Uint8Array.of(0) },
      ]);
      expect(results).toEqual([
        { tag: "write" },
        { tag: "delay" },
        { tag: "read", val: Uint8Array.of(3, 3, 3) },
        { tag: "transfer", val: Uint8Array.of(3) },
      ]);
    });
    await read();
    const wiring = { device: "adc", chipSelect: 1, mode: 3, maximumHz: 500_000, bitOrder: "lsb-first" };
    expect(spi.opened).toEqual([{ bus: 0, wiring }]);
    expect(spi.transactions.at(-1)).toEqual([
      { kind: "write", data: Uint8Array.of(0xf7) },
      { kind: "delay", ns: 500 },
      { kind: "read", length: 3 },
      { kind: "transfer", data: Uint8Array.of(0) },
    ]);
    expect(events.filter(({ kind }) => kind === "spi")).toMatchObject([
      { device: "adc", bus: 0, chipSelect: 1, results: [Uint8Array.of(1, 1)] },
      { results: [Uint8Array.of(2, 2, 2)] },
      { results: [Uint8Array.of(3, 3, 3), Uint8Array.of(3)] },
    ]);
  });

  test("by the standard's text is given an error that means nothing where a write succeeds", async () => {
    const { read, spi } = await spiBoard(adc, ({ open }) => {
      expect(open("adc").write(Uint8Array.of(6))).toEqual(other(""));
    });
    await read();
    expect(spi.transactions).toEqual([[{ kind: "write", data: Uint8Array.of(6) }]]);
  });

  test("gets the error of a transaction that failed, which is traced", async () => {
    const { events, read, spi } = await spiBoard(adc, ({ open }) => {
      expect(payloadOf(() => open("adc").read(1n))).toEqual({ tag: "overrun" });
      spi.fail = "other";
      expect(payloadOf(() => open("adc").write(Uint8Array.of(1)))).toEqual(other("injected"));
    });
    spi.fail = "overrun";
    await read();
    expect(events.filter(({ kind }) => kind === "spi")).toMatchObject([
      { error: { code: { tag: "overrun" }, message: "injected" } },
      { error: { code: other("injected") } },
    ]);
  });

  test("an empty transaction answers an empty list and touches nothing", async () => {
    const { events, read, spi } = await spiBoard(adc, ({ open }) => {
      expect(open("adc").transaction([])).toEqual([]);
    });
    await read();
    expect(spi.transactions).toEqual([]);
    expect(events.filter(({ kind }) => kind === "spi")).toEqual([]);
  });

  test("cannot open another name, and the operator is told", async () => {
    const { events, read } = await spiBoard(adc, ({ open }) => {
      expect(payloadOf(() => open("flash"))).toEqual(other('the name "flash" is not this driver\'s'));
    });
    await read();
    const denied = { kind: "denied", device: "adc", call: 'spi.open("flash")', denied: "name" };
    expect(events).toContainEqual(expect.objectContaining(denied));
  });

  test("is refused with the sentence that the operator is told, and reaches no bus", async () => {
    const { events, read, spi } = await spiBoard(adc, ({ open }) => {
      const reason = "a transfer of 9 bytes; 1 to 8 are granted";
      expect(payloadOf(() => open("adc").transfer(new Uint8Array(9)))).toEqual(other(reason));
      const wait = { tag: "delay-ns", val: 4_294_967_295 };
      expect(payloadOf(() => open("adc").transaction(Array(600).fill(wait)))).toEqual(
        other("more than 511 operations in one transaction"),
      );
    });
    await read();
    expect(spi.transactions).toEqual([]);
    expect(events.flatMap((event) => (event.kind === "denied" ? [event.call] : []))).toEqual([
      "spi transaction on SPI bus 0 at chip select 1: transfer 9",
      `spi transaction on SPI bus 0 at chip select 1: ${"delay 4294967295 ns, ".repeat(16)}and 496 more`,
    ]);
  });

  test("shares one rate among all its handles", async () => {
    const { read, spi, told } = await spiBoard(
      { ...adc, limits: { transactionsPerSecond: 2 } },
      ({ open }) => {
        open("adc").read(1n);
        open("adc").read(1n);
        const reason = "more than 2 transactions in a second";
        expect(payloadOf(() => open("adc").read(1n))).toEqual(other(reason));
      },
    );
    await read();
    expect(spi.transactions).toHaveLength(2);
    expect(told()).toEqual([["denied", "rate"]]);
  });

  test("waits where the bus answers later", async () => {
    const { events, read } = await spiBoard(
      adc,
      async ({ open }) => {
        const device = open("adc");
        expect(await device.read(1n)).toEqual(Uint8Array.of(1));
        expect(await device.write(Uint8Array.of(1))).toEqual(other(""));
        expect(await device.transfer(Uint8Array.of(1))).toEqual(Uint8Array.of(3));
        expect(await device.transaction([{ tag: "read", val: 1n }])).toEqual([
          { tag: "read", val: Uint8Array.of(4) },
        ]);
      },
      new FakeSpi(true),
    );
    await read();
    expect(events.filter(({ kind }) => kind === "spi")).toHaveLength(4);
  });

  test("does not wait longer than its call may take", async () => {
    const stuck = new FakeSpi(true);
    stuck.isStuck = true;
    const { clock, read } = await spiBoard(
      { ...adc, limits: { callMs: 50 } },
      ({ open }) => open("adc").read(1n),
      stuck,
    );
    await expect(read()).rejects.toThrow("the driver took longer than its limit of 50 ms");
    expect(clock.now()).toBe(50);
  });

  test("is told at its start that there is no such bus, and its device is closed with the board", async () => {
    const missing = await spiBoard({ ...adc, spi: { bus: "missing", chipSelect: 0 } }, () => undefined);
    await expect(missing.read()).rejects.toThrow(
      'adc: there is no SPI bus "missing" (asked fake); list the devices with ls /dev/spidev*, or simulate it.',
    );
    const { board, read, spi } = await spiBoard(adc, () => undefined);
    await read();
    await board[Symbol.asyncDispose]();
    expect([spi.opened.length, spi.closed]).toEqual([1, 1]);
  });
});

describe("an SPI entry that is not enforced", () => {
  const reader: WrittenEntry = {
    driver: "./fake.wasm",
    spi: { bus: 0, chipSelect: 0, direction: "read", maximumLength: 4 },
    enforce: false,
  };

  test("what stays within any grant reaches the bus, and is told; the least entry covers it, and no less would", async () => {
    const use = ({ open }: SpiImports["wasi:spi/spi"]) => {
      open("adc").write(Uint8Array.of(6));
      open("adc").read(8n);
    };
    const { board, read, spi, told } = await spiBoard(reader, use);
    await read();
    expect(spi.transactions).toHaveLength(2);
    expect(told()).toEqual([
      ["would-be-denied", "direction"],
      ["would-be-denied", "length"],
    ]);
    const least = leastEntry(reader, board.uses.get("adc")!);
    expect(least).toEqual({ driver: "./fake.wasm", spi: { bus: 0, chipSelect: 0, maximumLength: 8 } });
    const again = await spiBoard(least, use);
    await again.read();
    expect(again.told()).toEqual([]);
    for (const narrower of [{ direction: "read" as const }, { maximumLength: 7 }]) {
      const refused = await spiBoard({ ...least, spi: { ...least.spi!, ...narrower } }, use);
      await expect(refused.read()).rejects.toThrow();
    }
  });

  test("a long delay and a read of nothing are refused all the same, and not recorded", async () => {
    const { board, read, spi, told } = await spiBoard(reader, ({ open }) => {
      payloadOf(() => open("adc").transaction([{ tag: "delay-ns", val: 10_000_001 }]));
      payloadOf(() => open("adc").read(0n));
    });
    await read();
    expect(spi.transactions).toEqual([]);
    expect(told()).toEqual([
      ["denied", "delay"],
      ["denied", "length"],
    ]);
    expect(board.uses.get("adc")).toEqual({ transactionsPerSecond: 0 });
  });
});

describe("an app that drives SPI devices itself", () => {
  /** An app that may drive "bare" and "lamp", and does `main`. */
  async function bench(main: (spi: SpiImports["wasi:spi/spi"]) => unknown) {
    const spi = new FakeSpi();
    const events: BoardEvent[] = [];
    const bytes = componentBytes(["wasi:spi/spi"], ["wasi:cli/run@0.2.0"]);
    const app = fakeComponent("./bench.wasm", bytes, (given) => ({
      "wasi:cli/run@0.2.0": {
        run: async () => void (await main((given as unknown as SpiImports)["wasi:spi/spi"])),
      },
    }));
    const devices = {
      bare: { spi: { bus: 0, chipSelect: 0, maximumLength: 2 } },
      absent: { spi: { bus: "missing", chipSelect: 0 } },
      lamp: { i2c: { bus: 1, address: "0x40" } },
      others: { spi: { bus: 0, chipSelect: 1 } },
    };
    const apps = {
      bench: { component: "bench", uses: ["bare", "lamp", "absent"] },
      other: { component: "bench", uses: ["others"] },
    };
    const board = await OpenBoard.open(parseBoard({ devices, apps }), {
      ...{ clock: new FakeClock(), spi: [spi], i2c: [] },
      loadComponent: async () => app,
    });
    board.listen((event) => events.push(event));
    await board.run("bench", { output: () => {} });
    return { events, spi };
  }

  test("opens each once, within its entry, and no longer than it runs", async () => {
    const { events, spi } = await bench(({ open }) => {
      expect(open("bare").read(2n)).toEqual(Uint8Array.of(1, 1));
      expect(payloadOf(() => open("bare").read(3n))).toMatchObject({ tag: "other" });
    });
    expect([spi.opened.length, spi.closed]).toEqual([1, 1]);
    expect(events.map(({ kind, device }) => [kind, device])).toEqual([
      ["spi", "bare"],
      ["denied", "bare"],
    ]);
  });

  test("is told of a bus that this machine does not have, and goes on", async () => {
    const { spi } = await bench(({ open }) => {
      expect(payloadOf(() => open("absent"))).toEqual(
        other(
          'absent: there is no SPI bus "missing" (asked fake); list the devices with ls /dev/spidev*, or simulate it.',
        ),
      );
      open("bare").read(1n);
    });
    expect(spi.transactions).toHaveLength(1);
  });

  test("cannot open one that is not on SPI, nor another's, and of that the operator is told", async () => {
    const { events } = await bench(({ open }) => {
      expect(payloadOf(() => open("lamp"))).toEqual(other('the board wires no SPI device to "lamp"'));
      expect(payloadOf(() => open("others"))).toEqual(
        other('the app may not drive "others"; add it to "apps.bench.uses", as a device without "driver"'),
      );
    });
    expect(events).toMatchObject([{ kind: "denied", device: "bench", call: 'spi.open("others")' }]);
  });
});
