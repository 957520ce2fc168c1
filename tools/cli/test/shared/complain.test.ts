import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import {
  busbar,
  ended,
  folderWithModels,
  simulatedBoard,
  slow,
  start,
  warmCache,
} from "../support/busbar.ts";

beforeAll(warmCache, slow);

const i2c = { bus: "sim", address: "0x76" };
const narrow = { ...i2c, direction: "read", maximumLength: 8 };

describe("complain mode", { timeout: slow }, () => {
  test("what is not granted is said and allowed, by the option or by the entry; nothing else", async () => {
    using folder = folderWithModels({
      "board.json": simulatedBoard({ i2c: narrow }),
      "entry.json": simulatedBoard({ i2c: narrow, enforce: false }),
    });
    for (const args of [["board.json", "--complain"], ["entry.json"]]) {
      const { code, stdout, stderr } = await busbar(["read", ...args], { cwd: folder.path });
      expect(stdout).toContain("temperature   21.50  °C");
      expect(stderr).toMatch(
        /^busbar: complain mode: of indoor nothing is refused that stays within the device/,
      );
      expect(stderr).toContain(
        'busbar: would be denied to indoor: i2c transaction on bus sim at 0x76: write 1, read 1: a write is not granted, only "read" is\n',
      );
      expect(code).toBe(0);
    }
    const enforced = await busbar(["read", "board.json"], { cwd: folder.path });
    expect(enforced.code).toBe(7);
    expect(enforced.stderr).not.toContain("would be");
  });

  test("runs record what devices needed, all of them together", async () => {
    const before = { i2c: { reads: true, writes: false, maximumLength: 30 }, transactionsPerSecond: 7000 };
    using folder = folderWithModels({
      "board.json": simulatedBoard({ i2c: narrow }),
      "uses.json": { busbar: "uses", devices: { indoor: before } },
    });
    const at = { cwd: folder.path };
    for (let count = 0; count < 2; count += 1) {
      const child = start(["run", "--complain", "--record", "uses.json", "--every", "1"], at);
      const done = ended(child);
      for await (const line of createInterface({ input: child.stdout! })) if (line !== "") break;
      child.kill("SIGTERM");
      expect((await done).code).toBe(0);
    }
    expect(JSON.parse(readFileSync(join(folder.path, "uses.json"), "utf8"))).toMatchObject({
      busbar: "uses",
      devices: {
        indoor: { i2c: { reads: true, writes: true, maximumLength: 30 }, transactionsPerSecond: 7000 },
      },
    });
    const { stdout } = await busbar(["grants", "--record", "uses.json", "--json"], { ...at, own: true });
    expect(JSON.parse(stdout)).toEqual({
      devices: { indoor: { driver: expect.any(String), i2c: { ...i2c, maximumLength: 30 } } },
      unused: [],
    });
  });

  test.each([
    [["run", "--record", "uses.json"], 2, "--record is for complain mode"],
    [["run", "--complain", "--record", "board.json"], 3, "the record board.json is no record of a run"],
    [
      ["run", "--complain", "--once", "--record", "x.json"],
      2,
      "--health and --record are for a run that goes on",
    ],
    [
      ["run", "--complain", "--record", "/proc/uses.json"],
      2,
      "/proc/uses.json cannot be written (ENOENT); name another file after --record.",
    ],
  ] as const)("busbar %j ends with %i", async (args, expected, message) => {
    using folder = folderWithModels({ "board.json": simulatedBoard({ i2c: narrow }) });
    const { code, stderr } = await busbar(args, { cwd: folder.path });
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
  });
});
