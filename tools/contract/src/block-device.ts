/** What every driver of busbar:device/block-device must do, on the simulated disk, whatever that is made to do. */

import type { BlockDevice } from "@busbar/host";
import { randomBytes, type UsbFaultKind } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import {
  type DiskBench,
  type DiskModel,
  type DiskSpecimen,
  diskBench,
  type SimulatedDiskFault,
} from "./block-device-forms.ts";
import type { Settings } from "./forms.ts";
import { randomOf } from "./random.ts";
import { failure, settle } from "./strike.ts";
import { expectUsbWorld } from "./usb-world.ts";

/** What the suite has to know of a driver. */
export interface BlockDeviceContract {
  /** The path of its built component. */
  readonly component: string;
  /** The disk that it is tried on. */
  readonly model: DiskModel;
  /** Settings for all tests; none where left out. */
  readonly settings?: Settings;
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
}

/** What a disk can be used without, by operation code. */
const OPTIONAL: readonly (readonly [string, number])[] = [
  ["INQUIRY", 0x12],
  ["TEST UNIT READY", 0x00],
  ["MODE SENSE (6)", 0x1a],
  ["START STOP UNIT", 0x1b],
  ["PREVENT ALLOW MEDIUM REMOVAL", 0x1e],
  ["SYNCHRONIZE CACHE (10)", 0x35],
];

/** How a disk does not do something. */
const REFUSALS: readonly (readonly [string, Omit<SimulatedDiskFault, "operation">])[] = [
  ["stalled", { fault: "stall-command" }],
  ["stalled in its data", { fault: "stall-data" }],
  ["silent", { fault: "silent" }],
  ["refused with 5/20/00", { fault: "fail", sense: [5, 0x20, 0] }],
  ["refused with 5/24/00", { fault: "fail", sense: [5, 0x24, 0] }],
  ["refused with 5/26/00", { fault: "fail", sense: [5, 0x26, 0] }],
  ["refused without a reason", { fault: "fail", sense: [0, 0, 0] }],
];

const TRANSFER_FAULTS: readonly UsbFaultKind[] = ["stall", "no-response", "short", "overflow"];

/** Answers that a driver must not believe blindly. */
const ANSWERED = [0x12, 0x25, 0x1a, 0x03, 0x9e];

/** Nobody waits longer for a disk; the board's own limit of a call is as long. */
const LONGEST_MS = 10_000;
const FUZZ_ROUNDS = 60;
const FUZZ_SEED = 20_261_129;
const BLOCK_SIZES = [512, 1024, 2048, 4096];

/** Bytes that differ from place to place. */
function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, randomBytes(seed));
}

/** Writes, flushes, reads what was written, in pieces large and small, and looks at the medium itself. */
async function use(stick: BlockDevice, { medium }: Pick<DiskBench, "medium">, seed = 1): Promise<void> {
  for (const [first, count] of [
    [0, 1],
    [100, 700],
    [5000, 33],
  ] as const) {
    const data = pattern(count * 512, seed + first);
    await stick.write(first, data);
    await stick.flush();
    expect(Buffer.compare(medium.read(first * 512, data.length), data), `written from ${first}`).toBe(0);
    expect(Buffer.compare(await stick.read(first, count), data), `read from ${first}`).toBe(0);
  }
}

async function expectPlausible(stick: BlockDevice): Promise<void> {
  const info = await stick.info();
  expect(BLOCK_SIZES).toContain(info.blockSize);
  expect(info.blockCount).toBeGreaterThanOrEqual(1);
  expect(Number.isSafeInteger(info.blockCount)).toBe(true);
  expect(info.maximumTransferBlocks).toBeGreaterThanOrEqual(1);
}

/**
 * Declares the tests of one driver's component.
 *
 * @param name what the tests are of: "mass storage"
 */
export function blockDeviceContract(name: string, contract: BlockDeviceContract): void {
  const { component, model, settings = {}, badSettings } = contract;
  const bench = (specimen: DiskSpecimen = {}, own: Settings = settings) =>
    diskBench(model, component, own, specimen);

  describe(`${name} as a block device`, () => {
    test("the component imports what its world declares and nothing more", () => {
      expectUsbWorld(component, "block-device");
    });

    test("opens, writes, reads, closes, and opens again, without a warning", async () => {
      await using board = await bench();
      for (let round = 0; round < 3; round += 1) {
        const stick = await board.open();
        await expectPlausible(stick);
        await use(stick, board, round);
        await stick[Symbol.asyncDispose]();
        await stick[Symbol.asyncDispose]();
      }
      expect(board.warnings()).toEqual([]);
      expect(board.disk.resets).toBe(0);
    });

    test.each([...badSettings, { "no-such-setting": "1" }])(
      "the bad settings %j touch no bus",
      async (bad) => {
        await using board = await bench({}, { ...settings, ...bad });
        expect((await failure(board.open())).tag).toBe("invalid-argument");
        expect(board.disk.units[0]!.commands).toEqual([]);
      },
    );

    test("what is not on the medium is not asked for, nor written", async () => {
      await using board = await bench();
      const stick = await board.open();
      const { blockCount, maximumTransferBlocks } = await stick.info();
      const before = board.disk.units[0]!.commands.length;
      for (const [first, count] of [
        [blockCount, 1],
        [blockCount - 1, 2],
        [0, 0],
        [0, maximumTransferBlocks + 1],
      ] as const) {
        expect((await failure(stick.read(first, count))).tag).toBe("invalid-argument");
        const data = new Uint8Array(count * 512);
        expect((await failure(stick.write(first, data))).tag).toBe("invalid-argument");
      }
      expect((await failure(stick.write(0, new Uint8Array(511)))).tag).toBe("invalid-argument");
      expect(board.disk.units[0]!.commands.length).toBe(before);
    });

    describe.each(OPTIONAL)("%s is optional:", (what, operation) => {
      test.each(REFUSALS)("%s, it keeps nothing shut, and is said once", async (_, refusal) => {
        await using board = await bench({ unit: { startRequired: what === "START STOP UNIT" } });
        board.disk.inject({ ...refusal, operation, every: 1 });
        // Who has to be started, and is not by that, gets ready some time later.
        if (what === "START STOP UNIT")
          board.disk.inject({ fault: "fail", operation: 0, sense: [2, 4, 1], count: 2 });
        const began = board.clock.now();
        const outcome = await settle(() => board.open());
        expect(board.clock.now() - began).toBeLessThan(LONGEST_MS);
        if (what === "START STOP UNIT") return;
        if ("error" in outcome) throw outcome.error;
        await use(outcome.value, board);
        await outcome.value[Symbol.asyncDispose]();
        const said = board.warnings();
        expect(new Set(said).size).toBe(said.length);
        // A command without data has none that could be stalled.
        const isStruck = board.disk.units[0]!.commands.includes(operation) && refusal.fault !== "stall-data";
        if (isStruck) expect(said.length).toBeGreaterThan(0);
      });
    });

    test.each([
      ["stalled", { stallMaxLun: true }],
      ["silent", { silentMaxLun: true }],
      ["answered with nonsense", { maxLun: 255 }],
    ])("the number of units is optional: %s", async (_, device) => {
      await using board = await bench({ device });
      const began = board.clock.now();
      const stick = await board.open();
      expect(board.clock.now() - began).toBeLessThanOrEqual(500);
      await use(stick, board);
    });

    test.each([[[2, 0x04, 0x00]], [[2, 0x04, 0x01]], [[2, 0x04, 0x02]]] as const)(
      "a unit that waits to be started (%j) is started",
      async (startRequired) => {
        await using board = await bench({ unit: { startRequired } });
        await use(await board.open(), board);
      },
    );

    test("a unit that never gets ready is not waited for without end", async () => {
      await using board = await bench({ unit: { readyMs: 3_600_000 } });
      expect((await failure(board.open())).tag).toBe("timeout");
      expect(board.clock.now()).toBeLessThan(LONGEST_MS);
    });

    test.each(["stall", "fail", "silent"] as const)(
      "a disk that bears 64 KiB in one command, and ends more in %s, is read and written",
      async (overMaximum) => {
        await using board = await bench({ device: { maximumBytes: 64 * 1024, overMaximum } });
        await use(await board.open(), board);
      },
    );

    test("no command of more than 120 KiB is sent to a disk that has not shown that it bears more", async () => {
      await using board = await bench({ device: { maximumBytes: 120 * 1024, overMaximum: "silent" } });
      const stick = await board.open();
      const began = board.clock.now();
      const { maximumTransferBlocks } = await stick.info();
      await stick.read(0, maximumTransferBlocks);
      await use(stick, board);
      expect(board.clock.now()).toBe(began);
      expect(board.warnings()).toEqual([]);
    });

    test.each([
      ["INQUIRY", 0x12, 36],
      ["READ CAPACITY", 0x25, 1],
      ["READ", 0x28, 512],
      ["WRITE", 0x2a, 512],
    ])("what has arrived counts, and not a residue that is nonsense: %s", async (_, operation, residue) => {
      await using board = await bench();
      board.disk.inject({ fault: "residue", operation, residue, every: 1 });
      await use(await board.open(), board);
    });

    test.each(model.MOMENTARY_DISK_FAULTS)(
      "%s at each command in turn: the data are right",
      async (fault) => {
        await using board = await bench();
        for (let command = 1; command <= 8; command += 1) {
          board.disk.inject({ fault, command });
          const stick = await board.open();
          await use(stick, board, command);
          await stick[Symbol.asyncDispose]();
          board.disk.clearFaults();
        }
      },
    );

    test.each(TRANSFER_FAULTS)(
      "%s at each transfer: an error or the right data, and the next open works",
      async (fault) => {
        await using board = await bench();
        await (await board.open())[Symbol.asyncDispose]();
        for (let transfer = 1; transfer <= 24; transfer += 1) {
          board.unplug();
          board.usb.plug("1-1", board.disk, { faults: [{ fault, transfer, count: 1 }] });
          await settle(async () => {
            const stick = await board.open();
            await settle(async () => use(stick, board, transfer));
            await stick[Symbol.asyncDispose]();
          });
          board.unplug();
          board.plug();
          const stick = await board.open();
          await use(stick, board, transfer);
          await stick[Symbol.asyncDispose]();
        }
        expect(board.traps()).toBe(0);
      },
    );

    test("zeros before a failed status are not data", async () => {
      await using board = await bench();
      const stick = await board.open();
      await use(stick, board);
      board.disk.inject({ fault: "zeros-fail", operation: 0x28, every: 1, sense: [3, 0x11, 0] });
      expect((await failure(stick.read(100, 10))).tag).toBe("protocol");
    });

    test.each(["00", "ff", "01"])(
      "answers of nothing but %s are an error, or a disk that is possible",
      async (byte) => {
        for (const operation of ANSWERED) {
          await using board = await bench();
          const data = new Array<number>(36).fill(Number.parseInt(byte, 16));
          board.disk.inject({ fault: "answer", operation, data, every: 1 });
          const outcome = await settle(() => board.open());
          if ("value" in outcome) await expectPlausible(outcome.value);
        }
      },
    );

    test("answers that are random: an error, or a disk that is possible, and never the end of the driver", async () => {
      const random = randomOf(FUZZ_SEED);
      await using board = await bench();
      await (await board.open())[Symbol.asyncDispose]();
      for (let round = 0; round < FUZZ_ROUNDS; round += 1) {
        for (let count = 1 + random(3); count > 0; count -= 1) {
          const data = Array.from({ length: random(40) }, () => random(256));
          const operation = ANSWERED[random(ANSWERED.length)]!;
          const fault = random(4) === 0 ? "garbage" : "answer";
          board.disk.inject({ fault, operation, data, residue: random(64), count: 1 + random(3) });
        }
        await settle(async () => {
          const stick = await board.open();
          await settle(() => expectPlausible(stick));
          await settle(() => stick.read(random(16), 1 + random(8)));
          await stick[Symbol.asyncDispose]();
        });
        board.disk.clearFaults();
        const stick = await board.open();
        await use(stick, board, round);
        await stick[Symbol.asyncDispose]();
      }
      expect(board.traps()).toBe(0);
    });

    test("pulled out it is disconnected, and works when it is back", async () => {
      await using board = await bench();
      const stick = await board.open();
      board.unplug();
      expect((await failure(stick.read(0, 1))).tag).toBe("disconnected");
      board.plug();
      await use(await board.open(), board);
    });

    test("two benches share nothing", async () => {
      await using one = await bench();
      await using other = await bench();
      const [first, second] = [await one.open(), await other.open()];
      await use(first, one, 1);
      await use(second, other, 2);
      one.disk.inject({ fault: "fail", every: 1, sense: [3, 0x11, 0] });
      expect((await failure(first.read(0, 1))).tag).toBe("protocol");
      await use(second, other, 3);
    });
  });
}
