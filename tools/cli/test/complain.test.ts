import { beforeAll, describe, expect, test } from "vitest";
import { busbar, folderOf, simulatedBoard, slow, warmCache } from "./support/busbar.ts";

beforeAll(warmCache, slow);

const i2c = { bus: "sim", address: "0x76" };
const narrow = { ...i2c, direction: "read", maximumLength: 8 };
const least = { ...i2c, maximumLength: 26 };

describe("busbar grants", { timeout: slow }, () => {
  test("runs the board, and prints entries that are enough", async () => {
    using folder = folderOf({ "board.json": simulatedBoard({ i2c: narrow, enforce: false }) });
    const { code, stdout } = await busbar(["grants", "--times", "2", "--every", "1"], { cwd: folder.path });
    expect(code).toBe(0);
    const { devices } = JSON.parse(stdout) as { devices: { indoor: object } };
    expect(devices.indoor).toEqual({ driver: expect.stringContaining("bme280.wasm"), i2c: least });

    using enough = folderOf({ "board.json": { ...simulatedBoard(), devices } });
    const read = await busbar(["read"], { cwd: enough.path });
    expect(read).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [
      ["grants", "--record", "none.json"],
      2,
      'there is no record none.json; make it with "busbar run board.json --complain',
    ],
    [["grants", "--record", "board.json"], 3, "the record board.json is no record of a run"],
  ] as const)("busbar %j ends with %i", async (args, expected, message) => {
    using folder = folderOf({ "board.json": simulatedBoard({ i2c: narrow }) });
    const { code, stderr } = await busbar(args, { cwd: folder.path });
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
  });
});
