/** The same driver on the other engine, where u64 is a BigInt. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryMedium } from "../src/model.ts";
import { boardWith, MIB, pattern } from "./simulated.ts";

const built = mkdtempSync(join(tmpdir(), "busbar-mass-storage-"));

beforeAll(async () => {
  await buildPackage(join(import.meta.dirname, ".."), { engine: "starlingmonkey", outFolder: built });
}, 240_000);
afterAll(() => rmSync(built, { recursive: true }));

test("StarlingMonkey writes, reads and recovers", { timeout: 60_000 }, async () => {
  const medium = new MemoryMedium(3 * 2 ** 40);
  const driver = join(built, "mass-storage.wasm");
  const { board, disk } = await boardWith({ medium }, { queue: 2 }, {}, driver);
  await using _ = board;
  await using stick = await board.blockDevice("stick");
  expect((await stick.info()).blockCount).toBe(3 * 2 ** 31);
  const data = pattern(MIB / 2);
  const first = 2 ** 32 + 5;
  disk.inject({ fault: "wrong-tag", command: 3 });
  disk.inject({ fault: "stall-data", command: 9 });
  for (let block = 0; block < 1024; block += 128) {
    await stick.write(first + block, data.subarray(block * 512, (block + 128) * 512));
  }
  expect(Buffer.compare(medium.read(first * 512, data.length), data)).toBe(0);
  for (let block = 0; block < 1024; block += 128) {
    const read = await stick.read(first + block, 128);
    expect(Buffer.compare(read, data.subarray(block * 512, (block + 128) * 512))).toBe(0);
  }
  await expect(stick.read(3 * 2 ** 31, 1)).rejects.toMatchObject({ code: "invalid-argument" });
});
