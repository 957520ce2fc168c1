import { beforeAll, describe, expect, test } from "vitest";
import { bme280, busbar, folderOf, simulatedBoard, slow, warmCache } from "./support/busbar.ts";

beforeAll(warmCache, slow);

describe("busbar read", { timeout: slow }, () => {
  test("prints every channel with its unit", async () => {
    using folder = folderOf({ "board.json": simulatedBoard() });
    const { code, stdout, stderr } = await busbar(["read", "board.json"], { cwd: folder.path });
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^indoor {2}Bosch Sensortec BME280, bus "sim" \(simulated\) at 0x76\n {2}temperature {3}21\.5\d* {2}°C\n {2}pressure {5}(99999|100000|100001) {2}Pa\n {2}humidity {6}(50\.0|49\.9)\d* {2}%RH\n$/,
    );
    expect(code).toBe(0);
  });

  test("makes no code out of any text", async () => {
    using folder = folderOf({ "board.json": simulatedBoard() });
    const flags = { NODE_OPTIONS: "--disallow-code-generation-from-strings" };
    const { code, stdout, stderr } = await busbar(["read", "board.json"], { cwd: folder.path, env: flags });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("temperature");
  });

  test("--json is one document", async () => {
    using folder = folderOf({ "board.json": simulatedBoard() });
    const { code, stdout } = await busbar(["read", "board.json", "indoor", "--json"], { cwd: folder.path });
    expect(JSON.parse(stdout)).toEqual({
      readings: [
        {
          type: "reading",
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          device: "indoor",
          vendor: "Bosch Sensortec",
          model: "BME280",
          values: {
            temperature: expect.closeTo(21.5, 1),
            pressure: expect.closeTo(100_000, -1),
            humidity: expect.closeTo(50, 0),
          },
          units: { temperature: "°C", pressure: "Pa", humidity: "%RH" },
        },
      ],
      errors: [],
    });
    expect(code).toBe(0);
  });

  test("a sensor that fails does not keep the others from being read", async () => {
    const attic = { driver: bme280, i2c: { bus: "sim", address: "0x77" } };
    const board = simulatedBoard() as { devices: object };
    using folder = folderOf({ "board.json": { ...board, devices: { attic, ...board.devices } } });
    const { code, stdout, stderr } = await busbar(["read", "board.json", "--json"], { cwd: folder.path });
    expect(JSON.parse(stdout)).toMatchObject({
      readings: [{ device: "indoor" }],
      errors: [{ code: "device", exitCode: 7, device: "attic", deviceError: "bus" }],
    });
    expect(JSON.parse(stderr)).toMatchObject({ type: "error", device: "attic" });
    expect(code).toBe(7);
  });

  test("what a driver is denied is a line on stderr", async () => {
    const i2c = { bus: "sim", address: "0x76", direction: "read" };
    using folder = folderOf({ "board.json": simulatedBoard({ i2c }) });
    const plain = await busbar(["read", "board.json"], { cwd: folder.path });
    const [denial, error, ...more] = plain.stderr.split("\n");
    expect(denial).toBe(
      "busbar: denied to indoor: i2c transaction on bus sim at 0x76: write 1, read 1: " +
        'a write is not granted, only "read" is',
    );
    expect(error).toMatch(/^busbar: indoor: reading 1 byte from register 0xD0 of 0x76: .* denial /);
    expect(more).toEqual([""]);
    expect(plain.code).toBe(7);

    const json = await busbar(["read", "board.json", "--json"], { cwd: folder.path });
    const [record] = json.stderr.split("\n");
    expect(JSON.parse(record!)).toEqual({
      type: "denied",
      time: expect.any(String),
      device: "indoor",
      call: "i2c transaction on bus sim at 0x76: write 1, read 1",
      denied: "direction",
      reason: 'a write is not granted, only "read" is',
      count: 1,
      others: false,
    });
  });
});
