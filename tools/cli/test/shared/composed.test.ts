/** An app and its drivers as one component, on devices that the board gives no driver: see `support/busbar.ts`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import {
  bme280,
  bme280Registers,
  busbar,
  ended,
  folderOf,
  simulatedRegisters,
  slow,
  start,
  workspace,
} from "../support/busbar.ts";

let station: Uint8Array;

beforeAll(async () => {
  using folder = folderOf({});
  const out = join(folder.path, "station.wasm");
  const app = join(workspace, "packages/weather-station/dist/weather-station.wasm");
  const display = join(workspace, "packages/hd44780/dist/hd44780.wasm");
  const args = ["compose", app, "--plug", bme280, "--plug", display, "--out", out];
  // Only the command for Node composes.
  expect(await busbar(args, { own: true })).toMatchObject({ code: 0, stderr: "" });
  station = readFileSync(out);
}, slow);

const at = (address: string, more: object = {}) => ({ i2c: { bus: "sim", address, ...more } });
const simulate = [simulatedRegisters("0x76", bme280Registers), simulatedRegisters("0x27")];

/** Runs the station until it has printed so many lines. */
async function run(devices: object, lines: number) {
  using folder = folderOf({
    "station.wasm": station,
    "board.json": {
      devices,
      simulate,
      apps: { station: { component: "./station.wasm", uses: Object.keys(devices) } },
    },
  });
  const child = start(["run", "board.json", "--log-format", "json"], { cwd: folder.path });
  const end = ended(child);
  let count = 0;
  createInterface({ input: child.stdout! }).on("line", () => {
    count += 1;
    if (count === lines) child.kill("SIGTERM");
  });
  const { code, stdout, stderr } = await end;
  const told = stderr.split("\n").filter((line) => line !== "");
  return { code, lines: stdout.trimEnd().split("\n"), told: told.map((line) => JSON.parse(line)) };
}

describe("a composed app", { timeout: slow }, () => {
  test("reaches the devices that it drives, by their names, and shows what it reads", async () => {
    const { code, lines, told } = await run({ indoor: at("0x76"), panel: at("0x27") }, 2);
    expect([code, told]).toEqual([0, []]);
    const reading = "temperature 25.1 C, pressure 1007 hPa, humidity 36 %";
    expect(lines).toEqual([`1: ${reading}`, `2: ${reading}`]);
  });

  test("is held to the grant of each device, and the operator is told", async () => {
    const { code, lines, told } = await run({ indoor: at("0x76", { direction: "read" }) }, 1);
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^indoor: /);
    expect(told[0]).toMatchObject({ type: "denied", device: "indoor", denied: "direction" });
  });

  test("goes on without a device that it does not use, and without a bus that is not there", async () => {
    const { lines, told } = await run({ indoor: at("0x76") }, 2);
    expect(lines[1]).toMatch(/^panel: .*the app may not drive "panel"; add it to "apps\.station\.uses"/);
    const denied = told.map(({ type, device, call, denied }) => ({ type, device, call, denied }));
    expect(denied).toEqual(
      ["settings.get", "i2c.open"].map((call) => ({
        ...{ type: "denied", device: "station", denied: "name" },
        call: `${call}("panel")`,
      })),
    );
    const attic = await run({ indoor: { i2c: { bus: "attic", address: "0x76" } } }, 1);
    expect(attic.lines[0]).toMatch(/^indoor: .*there is no I2C bus "attic"/);
  });
});
