/** The simulated disk, spoken to as a host does, byte by byte. What drives it is tested in @busbar/mass-storage. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulatedUsb, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import model, { Disk, type DiskOptions, MemoryMedium } from "../src/model.ts";

const IN = 0x81;
const OUT = 0x02;
const never = new AbortController().signal;

const TEST_UNIT_READY = [0x00, 0, 0, 0, 0, 0];
const REQUEST_SENSE = [0x03, 0, 0, 0, 18, 0];
const read10 = (block: number, count: number) => [0x28, 0, 0, 0, 0, block, 0, 0, count, 0];
const write10 = (block: number, count: number) => [0x2a, 0, 0, 0, 0, block, 0, 0, count, 0];

/** A disk of 64 KiB whose power-on attention was taken note of. */
async function diskWith(options: Partial<DiskOptions> = {}) {
  const clock = new VirtualClock();
  const medium = new MemoryMedium(64 * 1024);
  const disk = new Disk({ units: [{ medium }], ...options }, clock);
  await command(disk, TEST_UNIT_READY);
  await status(disk);
  return { disk, medium, clock };
}

/** Sends a command block wrapper. */
function command(disk: Disk, block: number[], length = 0, isIn = true, tag = 1): Promise<number> {
  const bytes = new Uint8Array(31);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x4342_5355, true);
  view.setUint32(4, tag, true);
  view.setUint32(8, length, true);
  view.setUint8(12, isIn ? 0x80 : 0);
  view.setUint8(14, block.length);
  bytes.set(block, 15);
  return disk.transferOut(OUT, bytes, never);
}

const read = (disk: Disk, length = 512) => disk.transferIn(IN, length, never);
const write = (disk: Disk, data: Uint8Array) => disk.transferOut(OUT, data, never);

/** Reads a command status wrapper. */
async function status(disk: Disk) {
  const view = new DataView((await read(disk)).slice().buffer);
  expect([view.byteLength, view.getUint32(0, true)]).toEqual([13, 0x5342_5355]);
  return { tag: view.getUint32(4, true), residue: view.getUint32(8, true), status: view.getUint8(12) };
}

const stalls = expect.objectContaining({ failure: "stall" });

/** The sense key and code of the last command. */
async function sense(disk: Disk): Promise<[number, number]> {
  await command(disk, REQUEST_SENSE, 18);
  const data = await read(disk, 18);
  await status(disk);
  return [data[2]!, data[12]!];
}

describe("the thirteen cases of BOT 6.7", () => {
  test.each<[string, number[], number, boolean, number[], { residue: number; status: number }]>([
    ["1: Hn = Dn", TEST_UNIT_READY, 0, true, [], { residue: 0, status: 0 }],
    ["2: Hn < Di", read10(0, 1), 0, true, [], { residue: 0, status: 2 }],
    ["3: Hn < Do", write10(0, 1), 0, true, [], { residue: 0, status: 2 }],
    ["4: Hi > Dn", TEST_UNIT_READY, 64, true, [0], { residue: 64, status: 0 }],
    ["5: Hi > Di", REQUEST_SENSE, 64, true, [18], { residue: 46, status: 0 }],
    ["6: Hi = Di", read10(0, 1), 512, true, [512], { residue: 0, status: 0 }],
    ["7: Hi < Di", read10(0, 2), 512, true, [512], { residue: 0, status: 2 }],
    ["8: Hi <> Do", write10(0, 1), 512, true, [0], { residue: 512, status: 2 }],
    ["9: Ho > Dn", TEST_UNIT_READY, 512, false, [512], { residue: 512, status: 0 }],
    ["11: Ho > Do", write10(0, 1), 1024, false, [1024], { residue: 512, status: 0 }],
    ["12: Ho = Do", write10(0, 1), 512, false, [512], { residue: 0, status: 0 }],
    ["13: Ho < Do", write10(0, 2), 512, false, [512], { residue: 0, status: 2 }],
  ])("%s", async (_, block, length, isIn, transfers, expected) => {
    const { disk } = await diskWith();
    await command(disk, block, length, isIn, 7);
    for (const bytes of transfers) {
      if (isIn) expect(await read(disk, length)).toHaveLength(bytes);
      else await write(disk, new Uint8Array(bytes));
    }
    expect(await status(disk)).toEqual({ tag: 7, ...expected });
  });

  test("10: Ho <> Di", async () => {
    const { disk } = await diskWith();
    await command(disk, read10(0, 1), 512, false);
    await expect(write(disk, new Uint8Array(512))).rejects.toEqual(stalls);
    expect(await status(disk)).toMatchObject({ residue: 512, status: 2 });
  });

  test("with stallShort, data that are too few end in a stall", async () => {
    const { disk } = await diskWith({ stallShort: true });
    await command(disk, REQUEST_SENSE, 64);
    await expect(read(disk, 64)).rejects.toEqual(stalls);
    expect(await status(disk)).toMatchObject({ residue: 46, status: 0 });
  });
});

test("writes and reads", async () => {
  const { disk, medium } = await diskWith();
  const data = Uint8Array.from({ length: 1024 }, (_, index) => index & 0xff);
  await command(disk, write10(3, 2), 1024, false);
  await write(disk, data);
  expect((await status(disk)).status).toBe(0);
  expect(medium.read(1536, 1024)).toEqual(data);
  await command(disk, read10(3, 2), 1024);
  // In pieces, as a host may ask.
  expect(await read(disk, 512)).toEqual(data.slice(0, 512));
  expect(await read(disk, 512)).toEqual(data.slice(512));
  expect((await status(disk)).status).toBe(0);
});

test("transfers that come before their command wait for it, or are stalled", async () => {
  const { disk } = await diskWith();
  const early = [read(disk, 512), command(disk, read10(0, 1), 512, true, 1)] as const;
  expect(await early[0]).toHaveLength(512);
  const [first, , second] = await Promise.all([
    status(disk),
    command(disk, TEST_UNIT_READY, 0, true, 2),
    early[1],
  ]);
  expect([first.tag, second]).toEqual([1, 31]);
  expect((await status(disk)).tag).toBe(2);
  const { disk: strict } = await diskWith({ queueing: false });
  await expect(read(strict, 512)).rejects.toEqual(stalls);
});

test("takes the time that its data take", async () => {
  const { disk, clock } = await diskWith({ bytesPerSecond: 512_000, commandMs: 0.5 });
  const before = clock.now();
  for (let block = 0; block < 8; block += 1) {
    await command(disk, read10(block, 1), 512);
    await read(disk, 512);
    await status(disk);
  }
  // Each block takes 1 ms, each command half of one.
  expect(clock.now() - before).toBeCloseTo(12, 5);
});

test("a wrapper that is not valid stalls everything until the reset", async () => {
  const { disk } = await diskWith();
  await expect(write(disk, new Uint8Array(30))).rejects.toEqual(stalls);
  await expect(command(disk, TEST_UNIT_READY)).rejects.toEqual(stalls);
  await expect(read(disk)).rejects.toEqual(stalls);
  const reset = { bmRequestType: 0x21, bRequest: 0xff, wValue: 0, wIndex: 0, wLength: 0 };
  disk.control(reset, new Uint8Array(), never);
  await command(disk, TEST_UNIT_READY);
  expect((await status(disk)).status).toBe(0);
  expect(disk.resets).toBe(1);
});

describe("refusals", () => {
  test.each<[string, number[], [number, number]]>([
    ["a block that it does not have", read10(127, 2), [5, 0x21]],
    ["a command that it does not know", [0xff, 0, 0, 0, 0, 0], [5, 0x20]],
    ["vital product data", [0x12, 1, 0, 0, 36, 0], [5, 0x24]],
  ])("%s", async (_, block, expected) => {
    const { disk } = await diskWith();
    await command(disk, block);
    expect((await status(disk)).status).toBe(1);
    expect(await sense(disk)).toEqual(expected);
    expect(await sense(disk)).toEqual([0, 0]);
  });

  test("a medium that is out, and another one", async () => {
    const { disk } = await diskWith();
    disk.units[0]!.remove();
    await command(disk, TEST_UNIT_READY);
    expect((await status(disk)).status).toBe(1);
    expect(await sense(disk)).toEqual([2, 0x3a]);
    disk.units[0]!.insert(new MemoryMedium(512), true);
    await command(disk, TEST_UNIT_READY);
    expect((await status(disk)).status).toBe(1);
    expect(await sense(disk)).toEqual([6, 0x28]);
    await command(disk, write10(0, 1), 512, false);
    await write(disk, new Uint8Array(512));
    expect((await status(disk)).status).toBe(1);
    expect(await sense(disk)).toEqual([7, 0x27]);
  });
});

describe("as a model of the board file", () => {
  const plugged = (parameters: object) =>
    simulatedUsb(
      [{ usb: "1-1", model: "disk", ...parameters } as never],
      new VirtualClock(),
      new Map([["disk", model]]),
    );

  test("with an image in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "busbar-disk-"));
    try {
      const file = join(folder, "disk.img");
      const [device] = await plugged({ file, blocks: 100, blockSize: 4096 }).devices();
      expect(device!.product).toBe("disk");
      expect(readFileSync(file)).toHaveLength(409_600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each<[object, string]>([
    [{ blockSize: 500 }, "blockSize"],
    [{ sectors: 1 }, '"sectors" is no parameter of this model'],
    [{ units: [] }, "units"],
    [{ commandFaults: [{ fault: "flood" }] }, "commandFaults"],
    [{ file: "/no/such/folder/disk.img" }, "cannot be opened"],
  ])("%j is refused", (parameters, message) => {
    expect(() => plugged(parameters)).toThrow(message);
  });
});
