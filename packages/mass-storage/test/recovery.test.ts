/** The built component on a disk that fails: every fault, at every command, with every queue. */

import { describe, expect, test } from "vitest";
import { type DiskFaultKind, MOMENTARY_DISK_FAULTS } from "../src/model.ts";
import { boardWith, MIB, pattern } from "./simulated.ts";

const data = pattern(MIB);
const PIECE = 32;

describe.each([0, 1, 2])("with queue %i", (queue) => {
  test.each(MOMENTARY_DISK_FAULTS)("%s, at each command in turn: the data are right", async (fault) => {
    const { board, disk, medium } = await boardWith({}, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    for (let command = 1; command <= 6; command += 1) {
      disk.inject({ fault, command });
      const written = data.subarray(command * PIECE * 512, (command + 4) * PIECE * 512);
      for (let block = 0; block < 4 * PIECE; block += PIECE) {
        await stick.write(block, written.subarray(block * 512, (block + PIECE) * 512));
      }
      expect(Buffer.compare(medium.read(0, written.length), written)).toBe(0);
      for (let block = 0; block < 4 * PIECE; block += PIECE) {
        const read = await stick.read(block, PIECE);
        expect(Buffer.compare(read, written.subarray(block * 512, (block + PIECE) * 512))).toBe(0);
      }
      disk.clearFaults();
    }
  });

  test.each(MOMENTARY_DISK_FAULTS)("%s while it is opened", async (fault) => {
    for (let command = 1; command <= 6; command += 1) {
      const { board, disk } = await boardWith({}, { queue });
      await using _ = board;
      disk.inject({ fault, command });
      await using stick = await board.blockDevice("stick");
      expect((await stick.info()).blockCount).toBe(16_384);
    }
  });

  const harmless: DiskFaultKind[] = ["empty-packet", "stall-status", "wrong-residue"];

  test.each(harmless)("%s again and again is no fault", async (fault) => {
    const { board, disk } = await boardWith({}, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    disk.inject({ fault, every: 1 });
    await stick.write(0, data.subarray(0, 4096));
    expect(await stick.read(0, 8)).toEqual(data.slice(0, 4096));
    expect(disk.resets).toBe(0);
  });

  test.each(MOMENTARY_DISK_FAULTS.filter((fault) => !harmless.includes(fault)))(
    "%s again and again ends in an error, and the next command works",
    async (fault) => {
      const { board, disk, events } = await boardWith({}, { queue });
      await using _ = board;
      await using stick = await board.blockDevice("stick");
      disk.inject({ fault, every: 1, operation: 0x28 });
      await expect(stick.read(0, 8)).rejects.toMatchObject({ code: "protocol" });
      disk.clearFaults();
      expect(await stick.read(0, 8)).toHaveLength(8 * 512);
      // The port would be reset if the board allowed it; it is asked once.
      const denied = events.filter((event) => event.kind === "denied");
      expect(denied.length).toBeLessThanOrEqual(1);
      for (const event of denied) expect(event).toMatchObject({ denied: "reset" });
    },
  );

  test("where the class's own reset does not help, the port is reset, if the board allows it", async () => {
    for (const allow of [undefined, ["reset"]] as const) {
      const { board, disk, events } = await boardWith({}, { queue }, {}, undefined, allow && [...allow]);
      await using _ = board;
      await using stick = await board.blockDevice("stick");
      disk.inject({ fault: "deaf", operation: 0x28 });
      if (allow === undefined) {
        await expect(stick.read(0, 8)).rejects.toMatchObject({ code: "protocol" });
        expect(events.filter(({ kind }) => kind === "denied")).toHaveLength(1);
      } else {
        expect(await stick.read(0, 8)).toHaveLength(8 * 512);
        expect(events.filter(({ kind }) => kind === "denied")).toEqual([]);
      }
    }
  });

  test("zeros before a failed status are not data", async () => {
    const { board, disk } = await boardWith({}, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    await stick.write(5, data.subarray(0, 1024));
    disk.inject({ fault: "zeros-fail", operation: 0x28, every: 1, sense: [3, 0x11, 0] });
    await expect(stick.read(5, 2)).rejects.toMatchObject({ code: "protocol" });
    disk.clearFaults();
    expect(await stick.read(5, 2)).toEqual(data.slice(0, 1024));
  });

  test("silent: read once more after a reset; silent again: a timeout, and the next command works", async () => {
    const { board, disk } = await boardWith({}, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    disk.inject({ fault: "silent", operation: 0x28 });
    expect(await stick.read(0, 8)).toHaveLength(8 * 512);
    expect(disk.resets).toBe(1);
    disk.inject({ fault: "silent", operation: 0x28, count: 2 });
    await expect(stick.read(0, 8)).rejects.toMatchObject({ code: "timeout" });
    expect(await stick.read(0, 8)).toHaveLength(8 * 512);
  });

  test("silent to a read of blocks that nobody asked for yet: whatever comes next works", async () => {
    const { board, disk, clock } = await boardWith({}, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    for (const next of [
      async () => expect(await stick.read(48, 8)).toHaveLength(8 * 512),
      async () => expect(await stick.read(500, 8)).toHaveLength(8 * 512),
      async () => await stick.write(5, data.subarray(0, 1024)),
      async () => await stick.flush(),
      async () => expect(await stick.info()).toMatchObject({ blockSize: 512 }),
    ]) {
      for (let block = 0; block < 40; block += 8) await stick.read(block, 8);
      disk.inject({ fault: "silent", operation: 0x28 });
      const before = clock.now();
      await stick.read(40, 8);
      await next();
      expect(clock.now() - before).toBeLessThan(9000);
      disk.clearFaults();
    }
  });

  test("slow is no fault", async () => {
    const { board, disk } = await boardWith({}, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    disk.inject({ fault: "slow", delayMs: 3000, every: 2 });
    for (let block = 0; block < 64; block += 8) await stick.read(block, 8);
    expect(disk.resets).toBe(0);
  });

  test("unplugged in the middle: disconnected, whatever comes after", async () => {
    for (const operation of [0x28, 0x2a]) {
      const { board, disk, usb } = await boardWith({}, { queue });
      await using _ = board;
      const stick = await board.blockDevice("stick");
      disk.inject({ fault: "unplug", operation, command: 2 });
      const use = async () => {
        for (let block = 0; block < 64; block += 8) {
          await stick.write(block, data.subarray(0, 4096));
          await stick.read(block, 8);
        }
      };
      await expect(use()).rejects.toMatchObject({ code: "disconnected" });
      await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "disconnected" });
      usb.unplug("1-1");
    }
  });

  test("a medium error is told with its reason", async () => {
    const { board, disk } = await boardWith({}, { queue });
    await using _ = board;
    await using stick = await board.blockDevice("stick");
    disk.inject({ fault: "fail", operation: 0x28, every: 1, sense: [3, 0x11, 0] });
    await expect(stick.read(5, 2)).rejects.toMatchObject({
      payload: {
        tag: "protocol",
        val: "Reading 2 blocks from block 5: MEDIUM ERROR, unrecovered read error (11/00); the medium is damaged there, copy what can still be read.",
      },
    });
  });
});

test("after the stick was pulled out and put back, it is opened again", async () => {
  const { board, disk, usb } = await boardWith();
  await using _ = board;
  const before = await board.blockDevice("stick");
  await before.write(3, data.subarray(0, 512));
  usb.unplug("1-1");
  await expect(before.read(3, 1)).rejects.toMatchObject({ code: "disconnected" });
  usb.plug("1-1", disk);
  await using after = await board.blockDevice("stick");
  expect(await after.read(3, 1)).toEqual(data.slice(0, 512));
});

test("pulled out at any moment: every call ends in a typed error, and the next plug works", async () => {
  const { board, disk, usb } = await boardWith({}, { queue: 2 });
  await using _ = board;
  for (let moment = 0; moment < 60; moment += 1) {
    const stick = await board.blockDevice("stick");
    const use = async () => {
      for (let block = 0; block < 4096; block += 32) {
        if (moment % 3 === 0) await stick.write(block, data.subarray(0, 32 * 512));
        else await stick.read(block, 32);
      }
      return "finished";
    };
    const used = use().catch((error: unknown) => error);
    // As many turns of the event loop as it takes to be somewhere else each time.
    for (let turn = 0; turn < 7 * moment; turn += 1) await Promise.resolve();
    usb.unplug("1-1");
    expect(await used).toMatchObject({ code: "disconnected" });
    usb.plug("1-1", disk);
  }
  await using stick = await board.blockDevice("stick");
  await stick.write(9, data.subarray(0, 512));
  expect(await stick.read(9, 1)).toEqual(data.slice(0, 512));
});
