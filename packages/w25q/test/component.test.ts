/** The built component, through the host, on a simulated part. */

import { join } from "node:path";
import { type BlockDevice, DeviceError } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { randomBytes } from "@busbar/model";
import { SimulatedSpiBus, simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { W25q } from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/w25q.wasm");
const SECTOR = 4096;
const MIB = 2 ** 20;

/** A board with one part, and the part. */
async function boardWith({ bytes = 16 * MIB, settings = {}, granted = {}, limits = {} } = {}) {
  const clock = new VirtualClock();
  const chip = new W25q({ bytes }, clock);
  const bus = new SimulatedSpiBus([[0, chip]]);
  const board = await openBoard(
    {
      devices: {
        store: { driver: component, spi: { bus: "sim", chipSelect: 0, ...granted }, settings, limits },
      },
    },
    { clock, spi: [{ name: "test", openSpi: (_, wiring) => bus.open(wiring) }] },
  );
  return { board, chip, bus, clock };
}

const pattern = (length: number, seed: number) => Uint8Array.from({ length }, randomBytes(seed));

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof DeviceError) return error.code;
  throw error ?? new Error("it should have failed");
}

describe.each([
  ["W25Q80", MIB],
  ["W25Q128", 16 * MIB],
  ["W25Q256", 32 * MIB],
  ["W25Q512", 64 * MIB],
])("a %s", (product, bytes) => {
  test("says what it is, and keeps what is written to its first and its last blocks", async () => {
    const { board, chip } = await boardWith({ bytes });
    await using _ = board;
    const disk = await board.blockDevice("store");
    const info = await disk.info();
    expect(info).toMatchObject({
      vendor: "Winbond",
      product,
      blockSize: SECTOR,
      readOnly: false,
      removable: false,
    });
    expect(info.blockCount).toBe(bytes / SECTOR);
    for (const [first, count] of [
      [0, 1],
      [bytes / SECTOR - 3, 3],
    ] as const) {
      const data = pattern(count * SECTOR, first + 1);
      await disk.write(first, data);
      await disk.flush();
      expect(Buffer.compare(chip.contents(first * SECTOR, data.length), data)).toBe(0);
      expect(Buffer.compare(await disk.read(first, count), data)).toBe(0);
    }
  });
});

describe("the disk", () => {
  test("is what was written to it, whatever was there before: 24 random writes against a list of bytes", async () => {
    const { board } = await boardWith({ bytes: MIB });
    await using _ = board;
    const disk = await board.blockDevice("store");
    const expected = new Uint8Array(16 * SECTOR).fill(0xff);
    const random = randomBytes(20_261_130);
    for (let round = 0; round < 24; round++) {
      const first = random() % 16;
      const count = 1 + (random() % Math.min(4, 16 - first));
      const data = pattern(count * SECTOR, round + 1);
      // Half of them only make bits 0, or change one page.
      if (round % 2 === 0)
        for (const [index, byte] of data.entries()) data[index] = byte & expected[first * SECTOR + index]!;
      if (round % 3 === 0) data.set(expected.subarray(first * SECTOR + 256, (first + 1) * SECTOR), 256);
      await disk.write(first, data);
      expected.set(data, first * SECTOR);
    }
    expect(Buffer.compare(await disk.read(0, 16), expected)).toBe(0);
  });

  test("wears a sector only where bits have to become 1", async () => {
    const { board, chip } = await boardWith({ bytes: MIB });
    await using _ = board;
    const disk = await board.blockDevice("store");
    const sector = (byte: number) => new Uint8Array(SECTOR).fill(byte);
    for (const byte of [0x3c, 0x3c, 0x1c, 0x18]) await disk.write(5, sector(byte));
    expect(chip.erases.get(5)).toBeUndefined();
    await disk.write(5, sector(0x99));
    expect(chip.erases.get(5)).toBe(1);
  });

  test("is found asleep, and busy with what somebody else began", async () => {
    const { board, chip } = await boardWith();
    await using _ = board;
    chip.powerDown();
    chip.makeBusy(150);
    const disk = await board.blockDevice("store");
    expect(Buffer.compare(await disk.read(0, 1), new Uint8Array(SECTOR).fill(0xff))).toBe(0);
  });

  test("that its status registers protect says so, and is not changed", async () => {
    const { board, chip } = await boardWith();
    await using _ = board;
    // The upper half.
    chip.setStatus(1, 0b0001_1000);
    const disk = await board.blockDevice("store");
    expect((await disk.info()).readOnly).toBe(false);
    await disk.write(0, new Uint8Array(SECTOR));
    expect(await codeOf(disk.write(4095, new Uint8Array(SECTOR)))).toBe("access-denied");
    expect(await disk.read(4095, 1)).toEqual(new Uint8Array(SECTOR).fill(0xff));
    chip.setStatus(1, 0b0001_1100);
    expect((await disk.info()).readOnly).toBe(true);
  });

  test("is read-only by its settings", async () => {
    const { board, bus } = await boardWith({ settings: { "read-only": true } });
    await using _ = board;
    const disk = await board.blockDevice("store");
    const { transactions } = bus;
    expect(await codeOf(disk.write(0, new Uint8Array(SECTOR)))).toBe("access-denied");
    expect(bus.transactions).toBe(transactions);
  });

  test.each([
    [4096, 1],
    [0, 17],
    [0, 0],
  ])("has no block %d, %d of them", async (first, count) => {
    const { board } = await boardWith();
    await using _ = board;
    const disk = await board.blockDevice("store");
    expect(await codeOf(disk.read(first, count))).toBe("invalid-argument");
  });
});

describe("what goes wrong", () => {
  /** A fault at each transaction of a write; afterwards the disk works. */
  async function strikeEach(): Promise<number> {
    const { board, bus } = await boardWith({ bytes: MIB });
    await using _ = board;
    const disk: BlockDevice = await board.blockDevice("store");
    let struck = 0;
    for (let transaction = 1; ; transaction++) {
      // One page, so that there are few transactions: the sector is erased, programmed and read back.
      const data = Uint8Array.from([
        ...pattern(256, transaction),
        ...new Uint8Array(SECTOR - 256).fill(0xff),
      ]);
      const before = bus.transactions;
      bus.inject({ fault: "other", transaction });
      const failed = await disk.write(0, data).then(
        () => false,
        (error: unknown) => error instanceof DeviceError && error.code === "bus",
      );
      const used = bus.transactions - before;
      bus.clearFaults();
      if (used < transaction) return struck;
      expect(failed, `transaction ${transaction}`).toBe(true);
      struck += 1;
      await disk.write(0, data);
      expect(Buffer.compare(await disk.read(0, 1), data)).toBe(0);
    }
  }

  test("a fault at each transaction of a write is a bus error, and the next write works", async () => {
    expect(await strikeEach()).toBeGreaterThan(10);
  });

  test.each(["garbage", "short"] as const)(
    "%s while it is opened is an error, and the next opening works",
    async (fault) => {
      const { board, bus } = await boardWith();
      await using _ = board;
      bus.inject({ fault, every: 1 });
      expect(["wrong-device", "timeout"]).toContain(await codeOf(board.blockDevice("store")));
      bus.clearFaults();
      expect((await (await board.blockDevice("store")).info()).product).toBe("W25Q128");
    },
  );

  test("a grant for less than it needs is a bus error that says so", async () => {
    const { board } = await boardWith({ granted: { direction: "read" } });
    await using _ = board;
    await expect(board.blockDevice("store")).rejects.toThrow('a write is not granted, only "read" is');
  });
});

test("the model of the board file is driven as well", async () => {
  await using board = await openBoard(
    {
      devices: { store: { driver: component, spi: { bus: "sim", chipSelect: 2 } } },
      simulate: [{ spi: "sim", chipSelect: 2, model: "w25q", part: "W25Q32" }],
    },
    { clock: new VirtualClock(), simulate, spi: [], folder: join(component, "..") },
  );
  const disk = await board.blockDevice("store");
  const data = pattern(2 * SECTOR, 7);
  await disk.write(1022, data);
  expect(Buffer.compare(await disk.read(1022, 2), data)).toBe(0);
});
