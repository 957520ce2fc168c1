/** The built component, through the host, on the simulated disk. */

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectUsbWorld } from "@busbar/contract";
import type { BlockDevice } from "@busbar/host";
import { describe, expect, test } from "vitest";
import { type DiskUnitOptions, FileMedium, MemoryMedium } from "../src/model.ts";
import { readPartitionsAsync } from "../src/partitions.ts";
import { gptImage } from "./images.ts";
import { boardWith, component, MIB, pattern, type Settings } from "./simulated.ts";

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Reads the whole range in pieces. */
async function readAll(stick: BlockDevice, first: number, count: number, piece: number): Promise<string> {
  const hash = createHash("sha256");
  for (let block = first; block < first + count; block += piece) {
    hash.update(await stick.read(block, Math.min(piece, first + count - block)));
  }
  return hash.digest("hex");
}

test("imports what its world declares and nothing more", () => {
  expectUsbWorld(component, "block-device");
});

test("says which medium it is", async () => {
  const { board } = await boardWith({ vendor: "Acme", product: "Stick 2000", readOnly: true });
  await using _ = board;
  await using stick = await board.blockDevice("stick");
  expect(await stick.info()).toEqual({
    vendor: "Acme",
    product: "Stick 2000",
    revision: "1.00",
    blockSize: 512,
    blockCount: 16_384,
    readOnly: true,
    removable: true,
    maximumTransferBlocks: 2048,
  });
  await expect(stick.write(0, new Uint8Array(512))).rejects.toMatchObject({ code: "access-denied" });
});

describe.each([0, 1, 2])("with queue %i", (queue) => {
  test.each([512, 4096])("writes and reads blocks of %i bytes", async (blockSize) => {
    const { board, medium, disk } = await boardWith({ blockSize }, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    const data = pattern(2 * MIB);
    const step = 64 * 1024;
    for (let offset = 0; offset < data.length; offset += step) {
      await stick.write((MIB + offset) / blockSize, data.subarray(offset, offset + step));
    }
    await stick.flush();
    expect(digest(medium.read(MIB, data.length))).toBe(digest(data));
    const [first, count] = [MIB / blockSize, data.length / blockSize];
    expect(await readAll(stick, first, count, step / blockSize)).toBe(digest(data));
    expect(await readAll(stick, first, count, 37)).toBe(digest(data));
    expect(disk.resets).toBe(0);
  });
});

test("one read and one write of the most blocks", async () => {
  const { board, medium } = await boardWith();
  await using _ = board;
  await using stick = await board.blockDevice("stick");
  const data = pattern(MIB);
  await stick.write(2048, data);
  expect(digest(medium.read(MIB, MIB))).toBe(digest(data));
  expect(digest(await stick.read(2048, 2048))).toBe(digest(data));
  await expect(stick.read(0, 2049)).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(stick.read(16_383, 2)).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(stick.read(-1, 1)).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(stick.write(0, new Uint8Array(100))).rejects.toMatchObject({ code: "invalid-argument" });
});

describe("one command has", () => {
  const most = async (speed: "full" | "high" | "super", settings: Settings = {}) => {
    const { board, disk } = await boardWith({}, settings, { speed });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    const before = disk.units[0]!.commands.length;
    await stick.write(0, pattern(MIB));
    await stick.read(0, 2048);
    return disk.units[0]!.commands.length - before;
  };

  test.each([
    ["120 KiB at full and high speed, as Linux asks for", "high", {}, 9],
    ["120 KiB at full and high speed, as Linux asks for", "full", {}, 9],
    ["all of it at SuperSpeed", "super", {}, 1],
    ["what the board says", "high", { "command-kib": 1024 }, 1],
    ["what the board says", "super", { "command-kib": 64 }, 16],
  ] as const)("%s (%s, %j)", async (_, speed, settings, commands) => {
    expect(await most(speed, settings)).toBe(2 * commands);
  });

  test("one block of the last eight, which many readers cannot read together", async () => {
    const { board, disk } = await boardWith();
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    const data = pattern(16 * 512);
    await stick.write(16_368, data);
    expect(await stick.read(16_368, 16)).toEqual(data);
    const { commands } = disk.units[0]!;
    expect(commands.filter((operation) => operation === 0x2a)).toHaveLength(9);
    expect(commands.filter((operation) => operation === 0x28)).toHaveLength(9);
  });
});

test("a disk of 3 TiB: blocks beyond 32 bits", async () => {
  const { board, medium } = await boardWith({ medium: new MemoryMedium(3 * 2 ** 40), removable: false });
  await using _ = board;
  await using stick = await board.blockDevice("stick");
  expect(await stick.info()).toMatchObject({ blockCount: 3 * 2 ** 31, removable: false });
  const data = pattern(4096);
  const last = 3 * 2 ** 31 - 8;
  await stick.write(last, data);
  expect(digest(medium.read(last * 512, 4096))).toBe(digest(data));
  expect(digest(await stick.read(last, 8))).toBe(digest(data));
  expect(await stick.read(0, 1)).toEqual(new Uint8Array(512));
});

test("an image in a file, with a GPT", async () => {
  const folder = mkdtempSync(join(tmpdir(), "busbar-disk-"));
  try {
    const path = join(folder, "stick.img");
    using medium = new FileMedium(path, 64 * MIB);
    const guid = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
    const [first, last] = [34, 66];
    const table = gptImage({
      blockSize: 512,
      blockCount: 100,
      diskGuid: guid,
      firstUsable: first,
      lastUsable: last,
      partitions: [{ typeGuid: guid, guid, first, last, attributes: 0n, name: "Grüße" }],
    });
    const { board } = await boardWith({ medium });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    await stick.write(0, table);
    await stick.flush();
    expect(digest(readFileSync(path).subarray(0, table.length))).toBe(digest(table));
    // Sparse: 64 MiB long, and next to nothing on the disk.
    expect(statSync(path).blocks * 512).toBeLessThan(MIB);
    const { blockSize, blockCount } = await stick.info();
    const found = await readPartitionsAsync({
      blockSize,
      blockCount,
      read: (at, count) => stick.read(at, count),
    });
    expect(found).toMatchObject({
      kind: "gpt",
      partitions: [{ firstBlock: 34, blockCount: 33, name: "Grüße" }],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("several units", () => {
  const units = [
    { medium: new MemoryMedium(MIB), product: "Slot A" },
    { medium: new MemoryMedium(2 * MIB), product: "Slot B", blockSize: 4096 },
    { product: "Slot C" },
  ];

  test.each([
    [0, { product: "Slot A", blockCount: 2048, blockSize: 512 }],
    [1, { product: "Slot B", blockCount: 512, blockSize: 4096 }],
  ])("unit %i", async (lun, info) => {
    const { board } = await boardWith({}, { lun }, { units });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    expect(await stick.info()).toMatchObject(info);
  });

  test("an empty slot says which of the others have a medium, and one that is not there says that", async () => {
    const opened = async (lun: number, slots: DiskUnitOptions[]) => {
      const { board } = await boardWith({}, { lun }, { units: slots });
      await using _ = board;
      await board.blockDevice("stick");
    };
    await expect(opened(2, units)).rejects.toMatchObject({
      payload: {
        tag: "not-found",
        val: 'There is no medium in unit 2 of the device, but units 0, 1 have one; set "lun" to 0 or 1.',
      },
    });
    await expect(opened(0, [{}, units[0]!, {}])).rejects.toMatchObject({
      payload: {
        tag: "not-found",
        val: 'There is no medium in unit 0 of the device, but unit 1 has one; set "lun" to 1.',
      },
    });
    await expect(opened(1, [{}, {}])).rejects.toMatchObject({
      payload: { tag: "not-found", val: "There is no medium in the device; put one in." },
    });
    await expect(opened(3, units)).rejects.toMatchObject({ code: "not-found" });
  });

  test("slots that are claimed and do not answer keep the reason no longer than two seconds", async () => {
    const slots = Array.from({ length: 16 }, () => ({}));
    const { board, disk, clock } = await boardWith({}, {}, { units: slots });
    await using _ = board;
    // The first unit answers: with an attention, and then that it has no medium.
    disk.inject({ fault: "silent", operation: 0x00, command: 3, every: 1 });
    await expect(board.blockDevice("stick")).rejects.toMatchObject({
      payload: { tag: "not-found", val: "There is no medium in the device; put one in." },
    });
    expect(clock.now()).toBeLessThan(4000);
  });

  test("more units than there are, and a number that is none", async () => {
    const { board } = await boardWith({}, {}, { maxLun: 255 });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    expect((await stick.info()).blockCount).toBe(16_384);
  });

  test("one unit whose device stalls GET MAX LUN", async () => {
    const { board } = await boardWith({}, {}, { stallMaxLun: true });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    expect((await stick.info()).blockCount).toBe(16_384);
  });
});

describe("the medium", () => {
  test("is waited for until it is ready, and started where it wants that", async () => {
    const { board, clock } = await boardWith({ readyMs: 2000, startRequired: true });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    expect((await stick.info()).blockCount).toBe(16_384);
    expect(clock.now()).toBeGreaterThanOrEqual(2000);
  });

  test("is not waited for for ever", async () => {
    const { board } = await boardWith({ readyMs: 3_600_000 });
    await using _ = board;
    await expect(board.blockDevice("stick")).rejects.toMatchObject({ code: "timeout" });
  });

  test("goes, and another one comes", async () => {
    const { board, disk } = await boardWith();
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    const [unit] = disk.units;
    unit!.remove();
    await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "not-found" });
    await expect(stick.info()).rejects.toMatchObject({ code: "not-found" });
    unit!.insert(new MemoryMedium(4 * MIB), true);
    await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "disconnected" });
    expect(await stick.info()).toMatchObject({ blockCount: 8192, readOnly: true });
    unit!.insert(new MemoryMedium(MIB));
    await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "disconnected" });
    expect(await stick.info()).toMatchObject({ blockCount: 2048, readOnly: false });
  });

  test("is changed while blocks are read ahead", async () => {
    for (const queue of [1, 2]) {
      const { board, disk } = await boardWith({}, { queue });
      await using _ = board;
      await using stick = await board.blockDevice("stick");
      for (let block = 0; block < 32; block += 8) await stick.read(block, 8);
      disk.units[0]!.insert(new MemoryMedium(MIB));
      // What is under way is still of the old medium.
      await stick.read(32, 8);
      await expect(stick.read(40, 8)).rejects.toMatchObject({ code: "disconnected" });
      expect((await stick.info()).blockCount).toBe(2048);
    }
  });
});

test("a device as QEMU's, which stalls reads that come before their command, is driven all the same", async () => {
  const { board, medium } = await boardWith({}, { queue: 2 }, { queueing: false });
  await using _ = board;
  await using stick = await board.blockDevice("stick");
  const data = pattern(MIB);
  await stick.write(0, data);
  expect(digest(medium.read(0, MIB))).toBe(digest(data));
  expect(await readAll(stick, 0, 2048, 64)).toBe(digest(data));
});

test("a device that ends short data with a stall", async () => {
  const { board } = await boardWith({}, {}, { stallShort: true });
  await using _ = board;
  await using stick = await board.blockDevice("stick");
  expect(await stick.info()).toMatchObject({ vendor: "Busbar", readOnly: false });
});
