/** The command without Node beside the one for Node: the same boards, the same components, the same kernel, the same lines. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attachI2cAdapter, bindKernelDriver, inVirtualMachine } from "@busbar/lab/guest";
import { describe, expect, test } from "vitest";
import { wholeHosts } from "./hosts.ts";
import { driver, UNBUILT } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

const [node, native] = wholeHosts;

async function expectSame(...args: string[]): Promise<string> {
  const ended = await node.run(...args);
  expect(await native.run(...args)).toEqual(ended);
  return ended.stdout;
}

const chips = [
  { name: "weather", chip: "bme280", address: 0x76, temperature: 21.5, pressure: 100_000, humidity: 50 },
  { name: "cellar", chip: "sht3x", address: 0x44, temperature: 8.25, humidity: 70 },
  { name: "oven", chip: "tmp102", address: 0x48, temperature: 101.5 },
  { name: "attic", chip: "hts221", address: 0x5f, temperature: 30, humidity: 20 },
];

/** A board file of these chips on a bus of the kernel; one more entry is about an address where nothing is. */
async function boardFile(bus: number): Promise<string> {
  const folder = await mkdtemp("/tmp/busbar-native-");
  const entry = (chip: string, address: number) => ({
    driver: driver(chip),
    i2c: { bus, address },
    limits: SLOW_LIMITS,
  });
  const devices = Object.fromEntries(chips.map(({ name, chip, address }) => [name, entry(chip, address)]));
  const path = join(folder, "board.json");
  await writeFile(path, JSON.stringify({ devices: { ...devices, missing: entry("bme280", 0x77) } }));
  return path;
}

describe.runIf(inVirtualMachine())("the native command", () => {
  test("reads every I2C sensor as the command for Node does, and tells of one that is missing", {
    timeout: 240_000,
  }, async ({ skip }) => {
    skip(!native.isBuilt, UNBUILT);
    const models = chips.map(({ name, chip, ...rest }) => ({ ...rest, model: chip }));
    await using adapter = await attachI2cAdapter(models);
    const board = await boardFile(adapter.busNumber);
    try {
      const ended = await node.run("read", board);
      expect(ended.code).toBe(7);
      expect(ended.stdout).toContain("weather  Bosch Sensortec BME280");
      expect(await native.run("read", board)).toEqual(ended);
    } finally {
      await rm(board);
    }
  });

  test("lists and scans buses as the command for Node does", { timeout: 240_000 }, async ({ skip }) => {
    skip(!native.isBuilt, UNBUILT);
    await using adapter = await attachI2cAdapter([
      { address: 0x50, model: "registers", registers: {} },
      { address: 0x76, model: "bme280" },
    ]);
    await using _ = await bindKernelDriver(adapter.busNumber, 0x76, "bme280");
    expect(await expectSame("scan")).toContain(`${adapter.busNumber}  `);
    await expectSame("scan", "--json");
    expect(await expectSame("scan", String(adapter.busNumber))).toContain("Acknowledged: 0x50.");
    await expectSame("scan", `i2c-${adapter.busNumber}`, "--json");
    await expectSame("scan", "999");
  });
});
