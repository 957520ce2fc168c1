import { expect, test } from "vitest";
import { bme280, busbar, folderOf, simulatedBoard } from "./support/busbar.ts";

test("run --once prints one reading of each sensor, and ends", async () => {
  using folder = folderOf({ "board.json": simulatedBoard() });
  const { code, stdout, stderr } = await busbar(["run", "board.json", "--once"], { cwd: folder.path });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^\S+Z {2}indoor {2}temperature .*21\.5.*\n$/);
});

test("run --once: one that fails ends no other, and the exit code tells", async () => {
  const both = {
    devices: {
      indoor: { driver: bme280, i2c: { bus: "sim", address: "0x76" } },
      outdoor: { driver: bme280, i2c: { bus: "sim", address: "0x77" } },
    },
    simulate: [{ i2c: "sim", address: "0x76", model: "bme280", temperature: 21.5 }],
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

test("--stdin is for a board with one app, --once for a run that ends", async () => {
  using folder = folderOf({ "board.json": simulatedBoard() });
  const stdin = await busbar(["run", "board.json", "--stdin"], { cwd: folder.path });
  expect(stdin.code).toBe(3);
  expect(stdin.stderr).toContain("board.json has no app; --stdin is for a board with one.");
  const health = await busbar(["run", "board.json", "--once", "--health", "0"], { cwd: folder.path });
  expect(health.code).toBe(2);
  expect(health.stderr).toContain("--health and --record are for a run that goes on");
});
