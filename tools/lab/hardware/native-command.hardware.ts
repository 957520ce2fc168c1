/** The command without Node beside the one for Node: the same boards, the same components, the same kernel, the same lines. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attachI2cAdapter, bindKernelDriver, inVirtualMachine } from "@busbar/lab/guest";
import { describe, expect, test } from "vitest";
import { cache, command, UNBUILT } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const isBuilt = existsSync(command) && existsSync(cache);

const hosts = {
  node: [process.execPath, join(workspace, "tools/cli/bin/busbar.js")],
  native: [command],
} as const;

/** What a command prints on both outputs, and its exit code. */
function run(host: keyof typeof hosts, ...args: string[]) {
  const [program, ...before] = hosts[host];
  const env = { ...process.env, XDG_CACHE_HOME: host === "native" ? cache : "/tmp/busbar-cache" };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(program, [...before, ...args], { env, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

async function expectSame(...args: string[]): Promise<string> {
  const node = await run("node", ...args);
  expect(await run("native", ...args)).toEqual(node);
  return node.stdout;
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
    driver: join(workspace, `packages/${chip}/dist/${chip}.wasm`),
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
    skip(!isBuilt, UNBUILT);
    const models = chips.map(({ name, chip, ...rest }) => ({ ...rest, model: chip }));
    await using adapter = await attachI2cAdapter(models);
    const board = await boardFile(adapter.busNumber);
    try {
      const node = await run("node", "read", board);
      expect(node.code).toBe(7);
      expect(node.stdout).toContain("weather  Bosch Sensortec BME280");
      expect(await run("native", "read", board)).toEqual(node);
    } finally {
      await rm(board);
    }
  });

  test("lists and scans buses as the command for Node does", { timeout: 240_000 }, async ({ skip }) => {
    skip(!isBuilt, UNBUILT);
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
