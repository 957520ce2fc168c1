import { expect, test } from "vitest";
import {
  bme280,
  bme280Registers,
  busbar,
  folderOf,
  isOwnCommand,
  simulatedRegisters,
} from "../support/busbar.ts";

const i2c = { bus: "sim", address: "0x76" };
const board = {
  devices: { indoor: { driver: bme280, i2c } },
  simulate: [simulatedRegisters("0x76", bme280Registers)],
};

test("run --once prints one reading of each sensor, and ends", async () => {
  using folder = folderOf({ "board.json": board });
  const { code, stdout, stderr } = await busbar(["run", "board.json", "--once"], { cwd: folder.path });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^\S+Z {2}indoor {2}temperature .*25\.08.*\n$/);
});

test("run --once: one that fails ends no other, and the exit code tells", async () => {
  const both = {
    devices: {
      indoor: { driver: bme280, i2c: { bus: "sim", address: "0x76" } },
      outdoor: { driver: bme280, i2c: { bus: "sim", address: "0x77" } },
    },
    simulate: [simulatedRegisters("0x76", bme280Registers)],
  };
  using folder = folderOf({ "board.json": both });
  const { code, stdout, stderr } = await busbar(["run", "board.json", "--once", "--json"], {
    cwd: folder.path,
  });
  expect(code).toBe(7);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ device: "indoor" }]);
  expect(JSON.parse(stderr)).toMatchObject({ device: "outdoor" });
});

test("--stdin is for a board with one app", async () => {
  using folder = folderOf({ "board.json": board });
  const stdin = await busbar(["run", "board.json", "--stdin"], { cwd: folder.path });
  expect(stdin.code).toBe(3);
  expect(stdin.stderr).toContain("board.json has no app; --stdin is for a board with one.");
});

// Only the command for Node has them.
test.runIf(isOwnCommand)("--health and --record are for a run that goes on", async () => {
  using folder = folderOf({ "board.json": board });
  const health = await busbar(["run", "board.json", "--once", "--health", "0"], { cwd: folder.path });
  expect(health.code).toBe(2);
  expect(health.stderr).toContain("--health and --record are for a run that goes on");
});
