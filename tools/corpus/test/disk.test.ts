/** Disks of public sources: their partition tables, boot sectors and what their units say, through the libraries and the driver. */

import { join } from "node:path";
import { openFileSystem } from "@busbar/fat";
import { openBoard } from "@busbar/host-node";
import { Disk, MemoryMedium } from "@busbar/mass-storage/model";
import { readPartitions } from "@busbar/mass-storage/partitions";
import { SimulatedUsb, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import boots from "../disk/boot-sectors.json" with { type: "json" };
import tables from "../disk/partition-tables.json" with { type: "json" };
import units from "../disk/units.json" with { type: "json" };

const BLOCK = 512;
const component = join(import.meta.dirname, "../../../packages/mass-storage/dist/mass-storage.wasm");

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** A disk of zeros, but for what is said. */
function diskOf(blockCount: number, content: readonly (readonly [number, string])[]) {
  const medium = new MemoryMedium(blockCount * BLOCK);
  for (const [offset, text] of content) medium.write(offset, bytes(text));
  return {
    blockSize: BLOCK,
    blockCount,
    medium,
    read: (first: number, count: number) => medium.read(first * BLOCK, count * BLOCK),
  };
}

interface TableCase {
  readonly id: string;
  readonly blocks: number;
  readonly content: readonly (readonly [number, string])[];
  readonly right: {
    readonly kind: string;
    readonly partitions: readonly (readonly [first: number, count: number, type: string])[];
    readonly problem: boolean;
  };
}

describe("partition tables", () => {
  test.each(tables.cases as unknown as readonly TableCase[])("$id", ({ blocks, content, right }) => {
    const table = readPartitions(diskOf(blocks, content));
    expect(table.kind).toBe(right.kind);
    expect(
      table.partitions.map(({ firstBlock, blockCount, type }) => [firstBlock, blockCount, type]),
    ).toEqual(right.partitions);
    expect(table.problems.length > 0).toBe(right.problem);
  });
});

interface BootCase {
  readonly id: string;
  readonly sector_hex: string;
  readonly right: {
    readonly kind?: string;
    readonly clusterBytes?: number;
    readonly error?: string;
    readonly warns?: string;
  };
}

/** What belongs to the sector: exFAT's other eleven, with the checksum of all (section 3.4). */
function withChecksum(disk: ReturnType<typeof diskOf>): void {
  const region = disk.read(0, 11);
  let sum = 0;
  for (const [index, byte] of region.entries()) {
    if (![106, 107, 112].includes(index)) sum = ((sum & 1) * 0x8000_0000 + (sum >>> 1) + byte) % 2 ** 32;
  }
  const block = new DataView(new ArrayBuffer(BLOCK));
  for (let offset = 0; offset < BLOCK; offset += 4) block.setUint32(offset, sum, true);
  disk.medium.write(11 * BLOCK, new Uint8Array(block.buffer));
}

describe("boot sectors", () => {
  test.each(boots.cases as readonly BootCase[])("$id", ({ sector_hex, right }) => {
    const disk = diskOf(2 ** 30, [[0, sector_hex]]);
    if (right.kind === "exFAT") withChecksum(disk);
    // A stick or card without a partition table would be taken for what it is.
    expect(readPartitions(disk)).toMatchObject({ kind: "none", fileSystem: true });
    if (right.error !== undefined) {
      expect(() => openFileSystem(disk)).toThrow(
        expect.objectContaining({ payload: expect.objectContaining({ tag: right.error }) }),
      );
      return;
    }
    const { kind, clusterBytes, warnings } = openFileSystem(disk);
    expect({ kind, clusterBytes }).toEqual({ kind: right.kind, clusterBytes: right.clusterBytes });
    expect(warnings).toEqual(right.warns === undefined ? [] : [expect.stringContaining(right.warns)]);
  });
});

interface UnitCase {
  readonly id: string;
  readonly inquiry_hex: string;
  readonly capacity_10_hex: string;
  readonly capacity_16_hex?: string;
  readonly right: { readonly error?: string; readonly blockCount?: number };
}

describe("units", () => {
  test.each(units.cases as readonly UnitCase[])("$id", async (unit) => {
    const { error, ...info } = unit.right;
    const clock = new VirtualClock();
    const medium = new MemoryMedium((info.blockCount ?? 8) * BLOCK);
    const disk = new Disk({ units: [{ medium }] }, clock);
    const answers: readonly (readonly [operation: number, data: string | undefined])[] = [
      [0x12, unit.inquiry_hex],
      [0x25, unit.capacity_10_hex],
      [0x9e, unit.capacity_16_hex],
    ];
    for (const [operation, data] of answers) {
      if (data !== undefined) disk.inject({ fault: "answer", operation, data: [...bytes(data)], every: 1 });
    }
    const usb = new SimulatedUsb(clock);
    usb.plug("1-1", disk);
    await using board = await openBoard(
      { devices: { stick: { driver: component, usb: { class: "0x08" } } } },
      { clock, usb: [usb], i2c: [] },
    );
    if (error !== undefined) {
      await expect(board.blockDevice("stick")).rejects.toMatchObject({ code: error });
      return;
    }
    await using stick = await board.blockDevice("stick");
    expect(await stick.info()).toMatchObject(info);
    const last = (info.blockCount ?? 0) - 1;
    const data = new Uint8Array(BLOCK).fill(0x5a);
    await stick.write(last, data);
    expect(await stick.read(last, 1)).toEqual(data);
  });
});
